/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: a share of them */
#include "solutions/4.9/exercise.h"

#include <math.h>

double effective_codes(size_t n, const double log_w[])
{
    double sum = 0, squares = 0;
    for (size_t k = 0; k < n; k++) {
        sum += exp(log_w[k] - log_w[0]);
        squares += exp(2 * (log_w[k] - log_w[0]));
    }
    return sum * sum / squares / (double)n;
}
