/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.4/exercise.h"

#include <criterion/criterion.h>

/* make a part of two numbers */
static struct part part_of(const double l[2])
{
    struct part part = {fmax(l[0], l[1]), 0};
    for (size_t i = 0; i < 2 && part.top > -INFINITY; i++)
        part.sum += exp(l[i] - part.top);
    return part;
}
/* join two parts */
static void try_join(const double l[2], const double m[2])
{
    struct part a = part_of(l), b = part_of(m), got = a;
    const double top = fmax(a.top, b.top), all[] = {l[0], l[1], m[0], m[1]};
    double sum = 0;
    for (size_t i = 0; i < 4 && top > -INFINITY; i++)
        sum += exp(all[i] - top);
    grade_trying("part_join of the part of %g and %g with that of %g "
                 "and %g", l[0], l[1], m[0], m[1]);
    part_join(&got, &b);
    double value = part_log(&got);
    grade_hint_if(grade_near(top + log(a.sum + b.sum), value, 1e-12),
                  "Each sum is still measured from its own top.");
    grade_hint_if(isinf(value) && value > 0, "An exponential overflowed. "
                  "The largest exponent should be zero.");
    grade_hint_if(isnan(value), "This subtracts minus infinity from "
                  "itself.");
    grade_close(top + log(sum), value, 1e-12);
}

Test(exercise_0_4, joins_two_parts)
{
    const double none = -INFINITY;
    grade_asks("sec:op-softmax", "the logarithm of a sum of exponentials, "
                                 "from two halves of the numbers");
    try_join((double[]){0, 0}, (double[]){0, 0});
    try_join((double[]){3, 2}, (double[]){1, 0});
    try_join((double[]){0, 1}, (double[]){2, 3});
    try_join((double[]){-10000, -9999}, (double[]){-9998, -9999});
    try_join((double[]){0, -1}, (double[]){800, 10000});
    try_join((double[]){none, none}, (double[]){1, 2});
    try_join((double[]){1, none}, (double[]){none, none});
    try_join((double[]){none, none}, (double[]){none, none});
}
