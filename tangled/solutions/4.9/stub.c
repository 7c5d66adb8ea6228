/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Exercise 4.9: how many of the weighted codes count. Then:
   make exercise4.9 */
#include "solutions/4.9/exercise.h"

double effective_codes(size_t n, const double log_w[])
{
    (void)n, (void)log_w;
    return -1;    /* your answer here */
}
