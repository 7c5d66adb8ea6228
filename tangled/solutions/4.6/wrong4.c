/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: stands in it twice */
#include "solutions/4.6/exercise.h"

double score_gradient(size_t draws, const double f[], const double score[])
{
    double total = 0, sum = 0, n = (double)draws;
    for (size_t k = 0; k < draws; k++)
        total += f[k];
    for (size_t k = 0; k < draws; k++)
        sum += (f[k] - (total - f[k]) / (n - 1)) * score[k] * score[k];
    return sum / n;
}
