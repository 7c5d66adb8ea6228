/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.4/exercise.h"

#include <criterion/criterion.h>

/* feed three numbers */
static void feed_three(double a, double b, double c)
{
    const double l[3] = {a, b, c}, top = fmax(a, fmax(b, c));
    double sum = 0, old = 0, seen = -INFINITY;
    struct running r = {-INFINITY, 0};
    grade_trying("running_add with %g, then %g, then %g", a, b, c);
    for (size_t i = 0; i < 3; i++) {
        running_add(&r, l[i]);
        sum += exp(l[i] - top);
        old += l[i] > seen ? 1 : exp(l[i] - seen);
        seen = fmax(seen, l[i]);
    }
    double got = running_log(&r), want = top + log(sum);
    grade_hint_if(grade_near(top + log(old), got, 1e-12),
                  "The terms that were in the sum are still measured from "
                  "the old top.");
    grade_hint_if(isinf(got) && got > 0, "An exponential overflowed. The "
                  "largest exponent should be zero.");
    grade_hint_if(isnan(got) && isinf(a), "This subtracts minus infinity "
                  "from itself.");
    grade_close(want, got, 1e-12);
}

Test(exercise_0_4, adds_exponentials_in_one_pass)
{
    grade_asks("sec:op-softmax", "the logarithm of a sum of exponentials, "
                                 "the numbers coming one at a time");
    feed_three(0, 0, 0);
    feed_three(3, 2, 1);
    feed_three(1, 2, 3);
    feed_three(-1000, -1001, -1002);
    feed_three(0, 800, 801);
    feed_three(-INFINITY, 0, -INFINITY);
}
