/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "solutions/4.4/exercise.h"

#include <math.h>

double gaussian_decoder_nll(size_t pixels, const double x[],
                            const double mean[], double logvar)
{
    const double log_two_pi = 1.8378770664093453;
    double squares = 0;
    for (size_t i = 0; i < pixels; i++)
        squares += (x[i] - mean[i]) * (x[i] - mean[i]);
    return (squares * exp(-logvar) +
            (double)pixels * (logvar + log_two_pi)) / 2;
}
