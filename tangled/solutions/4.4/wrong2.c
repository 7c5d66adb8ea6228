/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: standard deviation */
#include "solutions/4.4/exercise.h"

#include <math.h>

double gaussian_decoder_nll(size_t pixels, const double x[],
                            const double mean[], double logvar)
{
    double cost = 0;
    for (size_t i = 0; i < pixels; i++) {
        double off = (x[i] - mean[i]) / exp(logvar);
        cost += off * off / 2 + logvar + 0.9189385332046727;
    }
    return cost;
}
