/* From chapters/app-a-press.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/A.1/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

/* try one pair of results */
static void try_pair(double a, double b, double expected)
{
    grade_trying("relative_difference(%g, %g)", a, b);
    double got = relative_difference(a, b);
    grade_hint_if(grade_near(fabs(a - b) / fabs(a), got, 1e-12),
                  "It seems that you divided by the first number; the "
                  "two may come in either order.");
    grade_hint_if(a == 0 && b == 0 && isnan(got),
                  "Here zero divided by zero is what the formula says. "
                  "What should two equal results answer?");
    grade_close(expected, got, 1e-12);
}

Test(exercise_A_1, measures_the_distance_of_two_results)
{
    grade_asks("sec:graded", "the distance of two results, as a fraction "
                             "of the larger");
    try_pair(100, 100, 0);
    try_pair(200, 100, 0.5);
    try_pair(100, 200, 0.5);
    try_pair(-3, 1, 4.0 / 3);
    try_pair(0, 0, 0);
    try_pair(INFINITY, INFINITY, 0);
}
