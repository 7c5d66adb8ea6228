/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: no baseline */
#include "solutions/4.6/exercise.h"

double score_gradient(size_t draws, const double f[], const double score[])
{
    double sum = 0;
    for (size_t k = 0; k < draws; k++)
        sum += f[k] * score[k];
    return sum / (double)draws;
}
