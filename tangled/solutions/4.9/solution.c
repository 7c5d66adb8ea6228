/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "solutions/4.9/exercise.h"

#include <math.h>

double effective_codes(size_t n, const double log_w[])
{
    double most = -INFINITY, sum = 0, squares = 0;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, log_w[k]);
    if (most == -INFINITY)
        return 0;
    for (size_t k = 0; k < n; k++) {
        double w = exp(log_w[k] - most);
        sum += w;
        squares += w * w;
    }
    return sum * sum / squares;
}
