/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_9_H
#define SOLUTIONS_4_9_H

#include <stddef.h>

/* (w_1 + ... + w_n)^2 / (w_1^2 + ... + w_n^2) of n > 0 weights, given by
   their logarithms, which may be minus infinity; 0 if all are. */
double effective_codes(size_t n, const double log_w[]);

#endif
