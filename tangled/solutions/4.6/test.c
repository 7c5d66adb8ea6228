/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.6/exercise.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* What comes when each f[k] has own * f[k] + others * (all but f[k])
   taken from it. */
static double with_baseline(size_t n, const double f[], const double s[],
                            double own, double others)
{
    double total = 0, sum = 0;
    for (size_t k = 0; k < n; k++)
        total += f[k];
    for (size_t k = 0; k < n; k++)
        sum += (f[k] - own * f[k] - others * (total - f[k])) * s[k];
    return sum / (double)n;
}

/* try one set of draws */
static void try_draws(size_t n, const double f[], const double s[])
{
    double k = (double)n, squared[4];
    for (size_t i = 0; i < n; i++)
        squared[i] = s[i] * s[i];
    double expected = with_baseline(n, f, s, 0, 1 / (k - 1));
    char shown[2][64] = {"", ""};
    for (size_t i = 0, at = 0, on = 0; i < n; i++) {
        const char *comma = i ? ", " : "";
        at += (size_t)snprintf(shown[0] + at, 64 - at, "%s%g", comma, f[i]);
        on += (size_t)snprintf(shown[1] + on, 64 - on, "%s%g", comma, s[i]);
    }
    grade_trying("score_gradient(%zu, {%s}, {%s})", n, shown[0], shown[1]);
    double got = score_gradient(n, f, s);
    grade_hint_if(grade_near(with_baseline(n, f, s, 1 / k, 1 / k), got,
                             1e-9),
                  "Each draw has its own f in its baseline, which makes "
                  "the estimate too small by the factor (K - 1)/K.");
    grade_hint_if(grade_near(with_baseline(n, f, s, 0, 0), got, 1e-9),
                  "There is no baseline in that.");
    grade_hint_if(grade_near(with_baseline(n, f, s, 0, 1 / k), got, 1e-9),
                  "A mean of all draws but one is divided by their number, "
                  "which is K - 1.");
    grade_hint_if(grade_near(k * expected, got, 1e-9),
                  "That is the sum over the draws, not their mean.");
    grade_hint_if(grade_near(with_baseline(n, f, squared, 0, 1 / (k - 1)),
                             got, 1e-9),
                  "The score stands in it twice: f less its baseline is a "
                  "number and has no score in it.");
    grade_close(expected, got, 1e-9);
}

Test(exercise_4_6, subtracts_the_mean_of_the_other_draws)
{
    const double f[] = {1, 3, -2, 0.5}, s[] = {0.5, -1, 2, 0.25};
    const double high[] = {1001, 1003, 998, 1000.5};
    grade_asks("sec:two-gradients", "the score's estimate of a gradient, "
                                    "with the other draws as a baseline");
    try_draws(2, f, s);
    try_draws(3, f, s);
    try_draws(4, f, s);
    try_draws(4, high, s);
}
