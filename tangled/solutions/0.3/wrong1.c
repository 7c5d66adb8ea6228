/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: diagonal of the Jacobian */
#include "solutions/0.3/exercise.h"

void softmax_backward(size_t n, const float *p, const float *dp, float *dl)
{
    for (size_t j = 0; j < n; j++)
        dl[j] += dp[j] * p[j] * (1 - p[j]);
}
