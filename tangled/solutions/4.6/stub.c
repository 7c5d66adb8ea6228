/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Exercise 4.6: the score's gradient, with the other draws as a baseline.
   Then: make exercise4.6 */
#include "solutions/4.6/exercise.h"

double score_gradient(size_t draws, const double f[], const double score[])
{
    (void)draws, (void)f, (void)score;
    return 0;    /* your answer here */
}
