/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: once for every pixel */
#include "solutions/4.4/exercise.h"

#include <math.h>

double gaussian_decoder_nll(size_t pixels, const double x[],
                            const double mean[], double logvar)
{
    double squares = 0;
    for (size_t i = 0; i < pixels; i++)
        squares += (x[i] - mean[i]) * (x[i] - mean[i]);
    return (squares * exp(-logvar) + logvar + 1.8378770664093453) / 2;
}
