/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: were stored */
#include "solutions/0.5/exercise.h"

#include <math.h>

void adamw_step(const struct adamw *a, int t, size_t n, const float *g,
                float *m, float *v, float *w)
{
    for (size_t i = 0; i < n; i++) {
        m[i] += (1 - a->beta1) * (g[i] - m[i]);
        v[i] += (1 - a->beta2) * (g[i] * g[i] - v[i]);
        m[i] /= 1 - powf(a->beta1, (float)t);
        v[i] /= 1 - powf(a->beta2, (float)t);
        w[i] *= 1 - a->rate * a->decay;
        w[i] -= a->rate * m[i] / (sqrtf(v[i]) + a->epsilon);
    }
}
