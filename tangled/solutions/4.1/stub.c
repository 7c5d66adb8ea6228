/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Exercise 4.1: what a code costs under a prior that is any Gaussian with
   independent components. Then: make exercise4.1 */
#include "solutions/4.1/exercise.h"

double kl_between_gaussians(size_t n, const double mu_q[],
                            const double logvar_q[], const double mu_p[],
                            const double logvar_p[])
{
    (void)n, (void)mu_q, (void)logvar_q, (void)mu_p, (void)logvar_p;
    return -1;    /* your answer here */
}
