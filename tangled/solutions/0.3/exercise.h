/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_3_H
#define SOLUTIONS_0_3_H

#include <stddef.h>

/* p[n] is the softmax of some logits, dp[n] the adjoint of p. Adds the
   adjoint of the logits to dl[n]. */
void softmax_backward(size_t n, const float *p, const float *dp, float *dl);

#endif
