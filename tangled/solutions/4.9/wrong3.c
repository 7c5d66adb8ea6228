/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: the sum, not the mean */
#include "solutions/4.9/exercise.h"

#include <math.h>

void log_mean_add(struct log_mean *mean, double a)
{
    double most = mean->count++ == 0 || a > mean->most ? a : mean->most;
    mean->sum = mean->sum * exp(mean->most - most) + exp(a - most);
    mean->most = most;
}

double log_mean_value(const struct log_mean *mean)
{
    return mean->most + log(mean->sum);
}
