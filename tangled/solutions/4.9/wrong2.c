/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: nothing to divide by */
#include "solutions/4.9/exercise.h"

#include <math.h>

double effective_codes(size_t n, const double log_w[])
{
    double most = log_w[0], sum = 0, squares = 0;
    for (size_t k = 1; k < n; k++)
        most = fmax(most, log_w[k]);
    for (size_t k = 0; k < n; k++) {
        sum += exp(log_w[k] - most);
        squares += exp(2 * (log_w[k] - most));
    }
    return sum * sum / squares;
}
