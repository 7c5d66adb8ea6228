/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* Exercise 0.3: the vector-Jacobian product of the softmax.
   Then: make exercise0.3 */
#include "solutions/0.3/exercise.h"

void softmax_backward(size_t n, const float *p, const float *dp, float *dl)
{
    (void)n;
    (void)p;
    (void)dp;
    (void)dl;    /* your answer here */
}
