/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* Exercise 0.5: one step of AdamW. Then: make exercise0.5 */
#include "solutions/0.5/exercise.h"

void adamw_step(const struct adamw *a, int t, size_t n, const float *g,
                float *m, float *v, float *w)
{
    (void)a; (void)t; (void)n; (void)g;
    (void)m; (void)v; (void)w;    /* your answer here */
}
