/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: weighted by the probabilities */
#include "solutions/0.3/exercise.h"

void softmax_backward(size_t n, const float *p, const float *dp, float *dl)
{
    float mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += dp[i] / (float)n;
    for (size_t j = 0; j < n; j++)
        dl[j] += p[j] * (dp[j] - mean);
}
