/* From chapters/app-a-press.nw (edit that, then make tangle) */
/* Exercise A.1: how far two results are apart, as a fraction of the
   larger one. Then: make exerciseA.1 */
#include "solutions/A.1/exercise.h"

double relative_difference(double a, double b)
{
    (void)a;
    (void)b;
    return -1;    /* your answer here */
}
