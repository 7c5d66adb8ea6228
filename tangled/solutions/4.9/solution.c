/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "solutions/4.9/exercise.h"

#include <math.h>

void log_mean_add(struct log_mean *mean, double a)
{
    mean->count++;
    if (a == -INFINITY)
        return;
    if (mean->sum > 0 && a <= mean->most) {
        mean->sum += exp(a - mean->most);
    } else {
        mean->sum = mean->sum > 0 ? mean->sum * exp(mean->most - a) : 0;
        mean->sum += 1;
        mean->most = a;
    }
}

double log_mean_value(const struct log_mean *mean)
{
    return mean->most + log(mean->sum / (double)mean->count);
}
