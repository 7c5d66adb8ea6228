/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: replaced dw */
#include "solutions/0.6/exercise.h"

void tied_backward(size_t n, size_t d, const float *x, const float *w,
                   const float *dx_hat, float *dw)
{
    float z[TIED_MOST] = {0}, dz[TIED_MOST] = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++) {
            z[k] += w[i * d + k] * x[i];
            dz[k] += w[i * d + k] * dx_hat[i];
        }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            dw[i * d + k] = dx_hat[i] * z[k] + x[i] * dz[k];
}
