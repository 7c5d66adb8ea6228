/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: log standard deviation */
#include "solutions/4.1/exercise.h"

#include <math.h>

double kl_between_gaussians(size_t n, const double mu_q[],
                            const double logvar_q[], const double mu_p[],
                            const double logvar_p[])
{
    double kl = 0;
    for (size_t j = 0; j < n; j++) {
        double sq = exp(logvar_q[j]), sp = exp(logvar_p[j]);
        double d = mu_q[j] - mu_p[j];
        kl += log(sp / sq) + (sq * sq + d * d) / (2 * sp * sp) - 0.5;
    }
    return kl;
}
