/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.9/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

/* try three weights */
static void try_three(double a, double b, double c)
{
    const double log_w[] = {a, b, c};
    double m = fmax(a, fmax(b, c)), sum = 0, squares = 0;
    for (size_t k = 0; k < 3; k++)
        if (log_w[k] > -INFINITY) {
            sum += exp(log_w[k] - m);
            squares += exp(2 * (log_w[k] - m));
        }
    double expected = squares > 0 ? sum * sum / squares : 0;
    grade_trying("effective_codes(3, {%g, %g, %g})", a, b, c);
    double got = effective_codes(3, log_w);
    /* recognise the usual mistakes in a count */
    grade_hint_if(isnan(got) && m == -INFINITY,
                  "With all weights zero there is nothing to divide by: "
                  "none of them counts.");
    grade_hint_if((isnan(got) || isinf(got) || got == 0) && m > -INFINITY,
                  "An exponential of such a number overflows, or is zero: "
                  "it must not be formed. Divide by the largest weight.");
    grade_hint_if(grade_near(squares / (sum * sum), got, 1e-9),
                  "That is upside down: the squares stand below.");
    grade_hint_if(grade_near(expected / 3, got, 1e-9),
                  "That is a share of them. Their number is wanted.");
    grade_hint_if(grade_near(sum / squares, got, 1e-9),
                  "The sum of the weights is not squared.");
    grade_close(expected, got, 1e-9);
}

Test(exercise_4_9, counts_the_codes_that_matter)
{
    grade_asks("sec:iwae", "the effective number of codes, from the "
                           "logarithms of their weights");
    try_three(0, -1, -2);
    try_three(0, 0, 0);
    try_three(1, 2, 0.5);
    try_three(-1e4, -1e4 + 1, -1e4 - 2);
    try_three(1e4, 1e4 - 3, 1e4 + 1);
    try_three(-1e4, 1e4, 0);
    try_three(1, -INFINITY, 1);
    try_three(-INFINITY, -3, -INFINITY);
    try_three(-INFINITY, -INFINITY, -INFINITY);
}
