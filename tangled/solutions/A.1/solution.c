/* From chapters/app-a-press.nw (edit that, then make tangle) */
#include "solutions/A.1/exercise.h"

#include <math.h>

double relative_difference(double a, double b)
{
    if (a == b)
        return 0;
    return fabs(a - b) / fmax(fabs(a), fabs(b));
}
