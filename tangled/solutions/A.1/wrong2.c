/* From chapters/app-a-press.nw (edit that, then make tangle) */
/* expect: zero divided by zero */
#include "solutions/A.1/exercise.h"

#include <math.h>

double relative_difference(double a, double b)
{
    return fabs(a - b) / fmax(fabs(a), fabs(b));
}
