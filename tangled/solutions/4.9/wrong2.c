/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: rescale */
#include "solutions/4.9/exercise.h"

#include <math.h>

void log_mean_add(struct log_mean *mean, double a)
{
    if (mean->count++ == 0 || a > mean->most)
        mean->most = a;
    mean->sum += exp(a - mean->most);
}

double log_mean_value(const struct log_mean *mean)
{
    return mean->most + log(mean->sum / (double)mean->count);
}
