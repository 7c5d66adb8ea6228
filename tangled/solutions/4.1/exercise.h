/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_1_H
#define SOLUTIONS_4_1_H

#include <stddef.h>

/* D_KL(q || p) in nats of two Gaussians of n independent components each,
   given by their means and the logarithms of their variances. */
double kl_between_gaussians(size_t n, const double mu_q[],
                            const double logvar_q[], const double mu_p[],
                            const double logvar_p[]);

#endif
