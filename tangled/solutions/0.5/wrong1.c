/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: without the corrections */
#include "solutions/0.5/exercise.h"

#include <math.h>

void adamw_step(const struct adamw *a, int t, size_t n, const float *g,
                float *m, float *v, float *w)
{
    (void)t;
    for (size_t i = 0; i < n; i++) {
        m[i] += (1 - a->beta1) * (g[i] - m[i]);
        v[i] += (1 - a->beta2) * (g[i] * g[i] - v[i]);
        w[i] *= 1 - a->rate * a->decay;
        w[i] -= a->rate * m[i] / (sqrtf(v[i]) + a->epsilon);
    }
}
