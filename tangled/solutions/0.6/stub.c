/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* Exercise 0.6: the gradient of a matrix that is used twice.
   Then: make exercise0.6 */
#include "solutions/0.6/exercise.h"

void tied_backward(size_t n, size_t d, const float *x, const float *w,
                   const float *dx_hat, float *dw)
{
    (void)n; (void)d; (void)x; (void)w;
    (void)dx_hat; (void)dw;    /* your answer here */
}
