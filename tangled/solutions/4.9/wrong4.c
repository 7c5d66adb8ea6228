/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: mean of the logarithms */
#include "solutions/4.9/exercise.h"

void log_mean_add(struct log_mean *mean, double a)
{
    mean->sum += a;
    mean->count++;
}

double log_mean_value(const struct log_mean *mean)
{
    return mean->sum / (double)mean->count;
}
