/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: divided by the prior's variance */
#include "solutions/4.1/exercise.h"

#include <math.h>

double kl_between_gaussians(size_t n, const double mu_q[],
                            const double logvar_q[], const double mu_p[],
                            const double logvar_p[])
{
    double kl = 0;
    for (size_t j = 0; j < n; j++) {
        double ratio = logvar_q[j] - logvar_p[j];
        double d = mu_q[j] - mu_p[j];
        kl += (expm1(ratio) - ratio + d * d) / 2;
    }
    return kl;
}
