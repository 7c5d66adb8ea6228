/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_10_H
#define SOLUTIONS_4_10_H

#include <stddef.h>

/* z[n] at t on the circle about 0 through a[n], towards b[n] at first;
   once around from t = 0 to t = 1. The sine of the angle
   between a and b is at least 1/10. */
void round_trip(size_t n, const double a[], const double b[], double t,
                double z[]);

#endif
