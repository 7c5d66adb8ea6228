/* Two estimates of the gradient of an expectation. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/rng.h"
#include "04-vae/two-gradients.h"

enum { DRAWS = 100000, MOST = 8, WAYS = 4 };

/* Mean and variance of four estimates: by the path, and by the score with
   no baseline, the mean, and the best baseline. */
struct outcome { double mean[WAYS], variance[WAYS], baseline[WAYS]; };

static struct outcome measure(const struct squares *s, uint32_t trial)
{
    struct rng_stream stream = {.seed = 9, .purpose = RNG_TEST,
                                .step = trial};
    struct outcome o = {{0}, {0}, {0, 0, squares_mean(s), 0}};
    o.baseline[3] = squares_mean(s) + 2 * s->sigma * s->sigma;
    double square[WAYS] = {0};
    for (uint32_t k = 0; k < DRAWS; k++) {
        double eps[MOST];
        for (uint32_t j = 0; j < s->dimensions; j++)
            eps[j] = (double)rng_normal(stream, k, j);
        for (int way = 0; way < WAYS; way++) {
            double g = way == 0 ? squares_by_path(s, eps)
                                : squares_by_score(s, eps, o.baseline[way]);
            o.mean[way] += g / DRAWS;
            square[way] += g * g / DRAWS;
        }
    }
    for (int way = 0; way < WAYS; way++)
        o.variance[way] = square[way] - o.mean[way] * o.mean[way];
    return o;
}

static const struct squares some[] = {
    {1, 1, 1}, {1, 2, 0.5}, {3, -0.5, 1.5}, {8, 0.7, 0.8}};
enum { SOME = sizeof some / sizeof some[0] };

Test(two_gradients, both_are_unbiased)
{
    for (uint32_t i = 0; i < SOME; i++) {
        struct outcome o = measure(&some[i], i);
        for (int way = 0; way < WAYS; way++)
            cr_assert_float_eq(o.mean[way], 2 * some[i].mu,
                               5 * sqrt(o.variance[way] / DRAWS));
    }
}

Test(two_gradients, measured_variances_agree_with_the_formulas)
{
    for (uint32_t i = 0; i < SOME; i++) {
        struct outcome o = measure(&some[i], SOME + i);
        double path = squares_path_variance(&some[i]);
        cr_assert_float_eq(o.variance[0], path, 0.03 * path);
        for (int way = 1; way < WAYS; way++) {
            double v = squares_score_variance(&some[i], o.baseline[way]);
            cr_assert_float_eq(o.variance[way], v, 0.1 * v);
        }
    }
}

Test(two_gradients, no_baseline_is_better_than_the_best)
{
    for (size_t i = 0; i < SOME; i++) {
        double v = some[i].sigma * some[i].sigma;
        double best = squares_mean(&some[i]) + 2 * v;
        double least = squares_score_variance(&some[i], best);
        for (double off = -3; off < 3; off += 0.25)
            cr_assert_geq(squares_score_variance(&some[i], best + off),
                          least - 1e-9);
        cr_assert_float_eq(
            squares_score_variance(&some[i], squares_mean(&some[i])),
            least + 4 * v, 1e-9);
    }
}

static double log_density(double z, double mu, double logvar)
{
    return -((z - mu) * (z - mu) * exp(-logvar) + logvar) / 2;
}

Test(two_gradients, score_agrees_with_finite_differences)
{
    const double step = 1e-5;
    for (double z = -2; z <= 2; z += 0.5) {
        double mu = 0.3, logvar = -0.4, score[2];
        gaussian_score(z, mu, logvar, score);
        double by_mu = (log_density(z, mu + step, logvar) -
                        log_density(z, mu - step, logvar)) / (2 * step);
        double by_logvar = (log_density(z, mu, logvar + step) -
                            log_density(z, mu, logvar - step)) / (2 * step);
        cr_assert_float_eq(score[0], by_mu, 1e-8);
        cr_assert_float_eq(score[1], by_logvar, 1e-8);
    }
}
