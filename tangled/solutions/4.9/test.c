/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.9/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

/* hand over three numbers */
static double most_of(double a, double b, double c)
{
    return fmax(a, fmax(b, c));
}

static void try_three(double a, double b, double c)
{
    double m = most_of(a, b, c), expected = m;
    if (m != -INFINITY)
        expected += log((exp(a - m) + exp(b - m) + exp(c - m)) / 3);
    struct log_mean mean = {0};
    grade_trying("the numbers %g, %g and %g, one after the other", a, b, c);
    log_mean_add(&mean, a);
    log_mean_add(&mean, b);
    log_mean_add(&mean, c);
    double got = log_mean_value(&mean);
    /* recognise the usual mistakes in a mean */
    grade_hint_if(grade_near(expected + log(3), got, 1e-12) && m > -INFINITY,
                  "That is the logarithm of the sum, not the mean: divide "
                  "by how many there were.");
    grade_hint_if(grade_near((a + b + c) / 3, got, 1e-12),
                  "That is the mean of the logarithms. What is wanted is "
                  "the logarithm of the mean.");
    grade_hint_if(isnan(got),
                  "No number came out. Minus infinity less minus infinity "
                  "is no number; a weight of zero needs no exponential.");
    grade_hint_if(isinf(got),
                  "An exponential of such a number overflows, or is zero: "
                  "it must not be formed.");
    grade_hint_if(a < b || a < c || b < c,
                  "When a larger number arrives, rescale the sum of those "
                  "before it.");
    grade_close(expected, got, 1e-12);
}

Test(exercise_4_9, averages_exponentials_in_one_pass)
{
    grade_asks("sec:log-mean-exp", "the logarithm of the mean of "
               "exponentials, one number at a time");
    try_three(0, 0, 0);
    try_three(2, 1, -1);
    try_three(-1, 1, 2);
    try_three(-100, -101, -99.5);
    try_three(-1e4, -1e4 + 1, -1e4 - 2);
    try_three(1e4, 1e4 - 3, 1e4 + 1);
    try_three(-1e4, 1e4, 0);
    try_three(1, -INFINITY, 2);
    try_three(-INFINITY, -3, -INFINITY);
    try_three(-INFINITY, -INFINITY, -INFINITY);
}
