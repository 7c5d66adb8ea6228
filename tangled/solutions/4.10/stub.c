/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Exercise 4.10: a walk through the codes that comes back. Then:
   make exercise4.10 */
#include "solutions/4.10/exercise.h"

void round_trip(size_t n, const double a[], const double b[], double t,
                double z[])
{
    (void)a, (void)b, (void)t;
    for (size_t i = 0; i < n; i++)
        z[i] = 0;    /* your answer here */
}
