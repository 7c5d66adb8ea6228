/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.1/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

/* try one pair of Gaussians */
static double right(double mq, double lq, double mp, double lp)
{
    double d = mq - mp;
    return (expm1(lq - lp) - (lq - lp) + d * d * exp(-lp)) / 2;
}

static void try_pair(double mq, double lq, double mp, double lp)
{
    grade_trying("kl_between_gaussians(1, {%g}, {%g}, {%g}, {%g})", mq, lq,
                 mp, lp);
    double got = kl_between_gaussians(1, &mq, &lq, &mp, &lp);
    double expected = right(mq, lq, mp, lp);
    /* recognise the usual mistakes */
    grade_hint_if(grade_near(right(mp, lp, mq, lq), got, 1e-12),
                  "That is the other direction, of p from q. The average "
                  "is over draws from q.");
    grade_hint_if(grade_near(right(mq, 2 * lq, mp, 2 * lp), got, 1e-12),
                  "It seems that you read logvar as the log standard "
                  "deviation; it is the logarithm of the variance.");
    grade_hint_if(grade_near(2 * expected, got, 1e-12),
                  "Twice too much: the half in front is missing.");
    grade_hint_if(isnan(got),
                  "No number came out. Subtract the logarithms before you "
                  "exponentiate: infinity over infinity is no number.");
    grade_close(expected, got, 1e-12);
}

static void try_sum(void)
{
    const double mq[] = {1, -2, 0.5}, lq[] = {0.3, -1, 2};
    const double mp[] = {0, -1, 0.7}, lp[] = {-0.2, 0.4, 1};
    double expected = 0;
    for (size_t j = 0; j < 3; j++)
        expected += right(mq[j], lq[j], mp[j], lp[j]);
    grade_trying("kl_between_gaussians(3, {1, -2, 0.5}, {0.3, -1, 2}, "
                 "{0, -1, 0.7}, {-0.2, 0.4, 1})");
    double got = kl_between_gaussians(3, mq, lq, mp, lp);
    grade_hint_if(grade_near(expected / 3, got, 1e-12),
                  "That is the mean over the components. Their prices "
                  "add.");
    grade_close(expected, got, 1e-12);
}

Test(exercise_4_1, charges_one_gaussian_for_leaving_another)
{
    grade_asks("sec:cost-of-a-code", "the divergence of one Gaussian from "
                                     "another, in nats");
    try_pair(0, 0, 0, 0);
    try_pair(2, 0, 0, 0);
    try_pair(0, -log(4), 0, 0);
    try_pair(1, 0, -1, log(4));
    try_pair(0.5, -3, 0.25, 1);
    try_pair(0, 1000, 0, 1001);
    try_sum();
}
