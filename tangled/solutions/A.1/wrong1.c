/* From chapters/app-a-press.nw (edit that, then make tangle) */
/* expect: divided by the first number */
#include "solutions/A.1/exercise.h"

#include <math.h>

double relative_difference(double a, double b)
{
    return a == b ? 0 : fabs(a - b) / fabs(a);
}
