/* From chapters/04-vae.nw (edit that, then make tangle) */
/* expect: radian */
#include "solutions/4.10/exercise.h"

#include <math.h>

void round_trip(size_t n, const double a[], const double b[], double t,
                double z[])
{
    double aa = 0, ab = 0, cc = 0;
    for (size_t i = 0; i < n; i++) {
        aa += a[i] * a[i];
        ab += a[i] * b[i];
    }
    for (size_t i = 0; i < n; i++) {
        double c = b[i] - ab / aa * a[i];
        cc += c * c;
    }
    for (size_t i = 0; i < n; i++) {
        double c = (b[i] - ab / aa * a[i]) * sqrt(aa / cc);
        z[i] = cos(t) * a[i] + sin(t) * c;
    }
}
