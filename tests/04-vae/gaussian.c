/* The divergence between Gaussians of any covariance. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/rng.h"
#include "04-vae/gaussian.h"

enum { N = 4, DRAWS = 100000 };

static double normal(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 7, .purpose = RNG_TEST};
    return (double)rng_normal(s, trial, index);
}

/* A mean, and a factor with a positive diagonal. */
static void random_gaussian(uint32_t trial, double mean[N], double l[N * N])
{
    for (uint32_t i = 0; i < N; i++) {
        mean[i] = 0.5 * normal(trial, i);
        for (uint32_t j = 0; j < N; j++) {
            double z = normal(trial, N + i * N + j);
            l[i * N + j] = j < i ? 0.5 * z : j == i ? exp(0.3 * z) : 0;
        }
    }
}

/* log density less the constant of 2 pi */
static double log_density(const double z[N], const double mean[N],
                          const double l[N * N])
{
    double y[N], value = 0;
    for (size_t i = 0; i < N; i++)
        y[i] = z[i] - mean[i];
    cholesky_solve(N, l, 1, y);
    for (size_t i = 0; i < N; i++)
        value -= y[i] * y[i] / 2 + log(l[i * N + i]);
    return value;
}

Test(gaussian_kl_full, agrees_with_monte_carlo_within_five_standard_errors)
{
    for (uint32_t trial = 0; trial < 10; trial++) {
        double mq[N], lq[N * N], mp[N], lp[N * N], work[N * (N + 1)];
        random_gaussian(2 * trial, mq, lq);
        random_gaussian(2 * trial + 1, mp, lp);
        double sum = 0, squares = 0;
        for (uint32_t k = 0; k < DRAWS; k++) {
            double z[N];
            for (uint32_t i = 0; i < N; i++) {
                z[i] = mq[i];
                for (uint32_t j = 0; j <= i; j++)
                    z[i] += lq[i * N + j] * normal(100 + k, trial * N + j);
            }
            double surprise = log_density(z, mq, lq) -
                              log_density(z, mp, lp);
            sum += surprise;
            squares += surprise * surprise;
        }
        double mean = sum / DRAWS;
        double error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
        double kl = gaussian_kl_full(N, mq, lq, mp, lp, work);
        cr_assert_float_eq(mean, kl, 5 * error, "%g, not %g +- %g", kl,
                           mean, error);
    }
}

Test(gaussian_kl_full, is_the_sum_of_prices_when_nothing_leans)
{
    double mq[N], lq[N * N], work[N * (N + 1)], zero[N] = {0};
    double unit[N * N] = {0}, price = 0;
    random_gaussian(3, mq, lq);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < i; j++)
            lq[i * N + j] = 0;
        unit[i * N + i] = 1;
        double variance = lq[i * N + i] * lq[i * N + i];
        price += (mq[i] * mq[i] + variance - 1 - log(variance)) / 2;
    }
    cr_assert_float_eq(gaussian_kl_full(N, mq, lq, zero, unit, work), price,
                       1e-12);
    cr_assert_float_eq(gaussian_kl_full(N, mq, lq, mq, lq, work), 0, 1e-12);
}

Test(gaussian_kl_full, charges_for_leaning_together)
{
    const double covariance[4] = {1, 0.9, 0.9, 1}, unit[4] = {1, 0, 0, 1};
    const double zero[2] = {0, 0};
    double l[4], work[6];
    cr_assert(cholesky(2, covariance, l));
    cr_assert_float_eq(gaussian_kl_full(2, zero, l, zero, unit, work),
                       -log(1 - 0.81) / 2, 1e-12);
}

Test(cholesky, multiplies_back_and_refuses_what_is_no_covariance)
{
    double mean[N], l[N * N], a[N * N], again[N * N];
    random_gaussian(5, mean, l);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            a[i * N + j] = 0;
            for (size_t k = 0; k < N; k++)
                a[i * N + j] += l[i * N + k] * l[j * N + k];
        }
    cr_assert(cholesky(N, a, again));
    for (size_t i = 0; i < N * N; i++)
        cr_assert_float_eq(again[i], l[i], 1e-12);
    a[N * N - 1] = -1;
    cr_assert_not(cholesky(N, a, again));
}
