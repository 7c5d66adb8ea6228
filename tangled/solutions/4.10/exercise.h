/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_10_H
#define SOLUTIONS_4_10_H

#include <stddef.h>

/* z[n] at t on the circle about 0 through a[n], towards b[n] at first;
   once around from t = 0 to t = 1. a and b are not parallel. */
void round_trip(size_t n, const double a[], const double b[], double t,
                double z[]);

#endif
