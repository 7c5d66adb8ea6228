/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_5_H
#define SOLUTIONS_0_5_H

#include <stddef.h>

struct adamw { float rate, beta1, beta2, epsilon, decay; };

/* Step number t of AdamW, counted from 1, for n weights w with gradients
   g. The moments m and v are zero before the first. */
void adamw_step(const struct adamw *a, int t, size_t n, const float *g,
                float *m, float *v, float *w);

#endif
