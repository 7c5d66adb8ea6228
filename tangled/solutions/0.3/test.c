/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.3/exercise.h"

#include <criterion/criterion.h>

enum { MOST = 4 };

/* try one softmax */
static void try_softmax(size_t n, const float *p, const float *dp,
                        const float *before)
{
    float got[MOST], want[MOST], mean = 0, plain = 0;
    bool diagonal = true, replaced = true, unscaled = true, even = true;
    grade_trying("softmax_backward with %zu classes, p[0] = %g, "
                 "dp[0] = %g, dl[0] = %g before", n, (double)p[0],
                 (double)dp[0], (double)before[0]);
    for (size_t j = 0; j < n; j++) {
        got[j] = before[j];
        mean += p[j] * dp[j];
        plain += dp[j] / (float)n;
    }
    softmax_backward(n, p, dp, got);
    /* compare with what mistakes would give */
    for (size_t j = 0; j < n; j++) {
        double add = (double)(p[j] * (dp[j] - mean)), g = (double)got[j];
        double old = (double)before[j];
        want[j] = (float)(old + add);
        diagonal &= grade_near(old + (double)(dp[j] * p[j] * (1 - p[j])), g,
                               1e-5);
        replaced &= grade_near(add, g, 1e-5);
        unscaled &= grade_near(old + (double)(dp[j] - mean), g, 1e-5);
        even &= grade_near(old + (double)(p[j] * (dp[j] - plain)), g, 1e-5);
    }
    grade_hint_if(diagonal, "This is the diagonal of the Jacobian alone. Each "
                  "probability depends on all logits.");
    grade_hint_if(replaced, "It seems that you replaced the adjoint instead of "
                  "adding to it; the logits may have other uses.");
    grade_hint_if(unscaled, "The factor of the probability in front is "
                  "missing.");
    grade_hint_if(even, "You subtract the plain mean of the adjoint. The mean "
                  "is weighted by the probabilities.");
    grade_all_close(n, want, got, 1e-5);
}

Test(exercise_0_3, adds_the_adjoint_of_the_logits)
{
    const float zero[MOST] = {0}, before[MOST] = {1, -2, 3, 0.5f};
    const float two[MOST] = {0.25f, 0.75f}, dtwo[MOST] = {1, 0};
    const float four[MOST] = {0.125f, 0.25f, 0.5f, 0.125f};
    const float dfour[MOST] = {1, -1, 0.5f, 2};
    grade_asks("sec:op-softmax", "the vector-Jacobian product of the "
                                 "softmax, added to dl");
    try_softmax(2, two, dtwo, zero);
    try_softmax(4, four, dfour, zero);
    try_softmax(4, four, dfour, before);
}
