/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/walk.h"

#include <math.h>

/* walk along a line or an arc */
void walk_straight(size_t n, const real *a, const real *b, double t,
                   real *z)
{
    for (size_t i = 0; i < n; i++)
        z[i] = (real)((1 - t) * (double)a[i] + t * (double)b[i]);
}

void walk_arc(size_t n, const real *a, const real *b, double t, real *z)
{
    double aa = 0, ab = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        aa += (double)a[i] * (double)a[i];
        ab += (double)a[i] * (double)b[i];
        bb += (double)b[i] * (double)b[i];
    }
    double cosine = ab / sqrt(aa * bb);
    double angle = acos(fmax(-1, fmin(1, cosine))), sine = sin(angle);
    if (!(sine > 1e-6)) {
        walk_straight(n, a, b, t, z);
        return;
    }
    double from = sin((1 - t) * angle) / sine, to = sin(t * angle) / sine;
    for (size_t i = 0; i < n; i++)
        z[i] = (real)(from * (double)a[i] + to * (double)b[i]);
}

/* invert the normal distribution function */
double normal_quantile(double u)
{
    double low = -40, high = 40;
    for (int halving = 0; halving < 64; halving++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2)) / 2 < u)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
