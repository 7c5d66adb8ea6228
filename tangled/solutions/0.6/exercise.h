/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_6_H
#define SOLUTIONS_0_6_H

#include <stddef.h>

enum { TIED_MOST = 8 };

/* z[d] = x[n] w[n, d], x_hat[n] = w z. Adds the adjoint of w to
   dw[n, d], given dx_hat[n], that of x_hat. d is at most TIED_MOST. */
void tied_backward(size_t n, size_t d, const float *x, const float *w,
                   const float *dx_hat, float *dw);

#endif
