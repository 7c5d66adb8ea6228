/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: must not be formed */
#include "solutions/4.9/exercise.h"

#include <math.h>

void log_mean_add(struct log_mean *mean, double a)
{
    mean->sum += exp(a);
    mean->count++;
}

double log_mean_value(const struct log_mean *mean)
{
    return log(mean->sum / (double)mean->count);
}
