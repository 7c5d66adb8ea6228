/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_WALK_H
#define VAE_WALK_H

#include <stddef.h>

#include "00-foundations/real.h"

/* z[n] between a[n] at t = 0 and b[n] at t = 1: on the straight line, and
   on the arc of eq:arc */
void walk_straight(size_t n, const real *a, const real *b, double t,
                   real *z);
void walk_arc(size_t n, const real *a, const real *b, double t, real *z);

/* The z below which a standard normal number lies with probability u,
   0 < u < 1 */
double normal_quantile(double u);

#endif
