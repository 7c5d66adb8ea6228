/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: no decay */
#include "solutions/0.5/exercise.h"

#include <math.h>

void adamw_step(const struct adamw *a, int t, size_t n, const float *g,
                float *m, float *v, float *w)
{
    const float c1 = 1 - powf(a->beta1, (float)t);
    const float c2 = 1 - powf(a->beta2, (float)t);
    for (size_t i = 0; i < n; i++) {
        m[i] += (1 - a->beta1) * (g[i] - m[i]);
        v[i] += (1 - a->beta2) * (g[i] * g[i] - v[i]);
        w[i] -= a->rate * (m[i] / c1) / (sqrtf(v[i] / c2) + a->epsilon);
    }
}
