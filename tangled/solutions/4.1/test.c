/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.1/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

/* try one pair of Gaussians */
static double right(double mq, double lq, double mp, double lp)
{
    double apart = (mq - mp) * exp(-lp / 2);
    return (expm1(lq - lp) - (lq - lp) + apart * apart) / 2;
}

static void try_pair(double mq, double lq, double mp, double lp)
{
    grade_trying("kl_between_gaussians(1, {%g}, {%g}, {%g}, {%g})", mq, lq,
                 mp, lp);
    double d = mq - mp, ratio = lq - lp;
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
    grade_hint_if(grade_near((expm1(ratio) - ratio + d * d) / 2, got, 1e-12),
                  "The distance of the means is not divided by the prior's "
                  "variance: it counts in units of its sigma.");
    grade_hint_if(grade_near(expected + ratio, got, 1e-12),
                  "Look at the sign of the logarithm of the two variances' "
                  "ratio.");
    grade_hint_if(isnan(got) && lp < 0,
                  "No number came out, of zero times infinity: exp(1000) is "
                  "no double. Divide the distance by sigma_p, then square.");
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
static void try_close(double lp, double apart)
{
    const double zero = 0, lq = lp + apart, ratio = lq - lp;
    grade_trying("1e15 * kl_between_gaussians(1, {0}, {%g + %g}, {0}, "
                 "{%g})", lp, apart, lp);
    double got = 1e15 * kl_between_gaussians(1, &zero, &lq, &zero, &lp);
    double expected = 1e15 * ratio * ratio * (0.25 + ratio / 12);
    grade_hint_if(!grade_near(expected, got, 1e-6),
                  "Near 1 an exponential has lost the digits of its "
                  "argument. Compute exp(r) - 1 as one function.");
    grade_close(expected, got, 1e-6);
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
    try_pair(0.5, -1001, 0.5, -1000);
    try_sum();
    try_close(0, 1e-7);
    try_close(-1000, -3e-7);
}
