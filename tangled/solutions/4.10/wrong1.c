/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: right angles */
#include "solutions/4.10/exercise.h"

#include <math.h>

void round_trip(size_t n, const double a[], const double b[], double t,
                double z[])
{
    double aa = 0, bb = 0, turn = 8 * atan(1) * t;
    for (size_t i = 0; i < n; i++) {
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    for (size_t i = 0; i < n; i++)
        z[i] = cos(turn) * a[i] + sin(turn) * b[i] * sqrt(aa / bb);
}
