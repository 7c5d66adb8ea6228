/* The bound on models small enough to enumerate. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/rng.h"
#include "04-vae/two-pixels.h"

/* A posterior next to 1 leaves its complement few digits in float. */
static const double slack = sizeof(real) == 8 ? 1e-12 : 1e-3;

static real inside(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 2, .purpose = RNG_TEST};
    return (real)0.01 + (real)0.98 * rng_uniform(s, trial, index);
}

static struct two_codes random_model(uint32_t trial)
{
    real p = inside(trial, 0);
    return (struct two_codes){
        .prior = {1 - p, p},
        .likelihood = {inside(trial, 1), inside(trial, 2)},
    };
}

Test(elbo, three_forms_agree_on_two_pixels)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        struct two_codes model = random_model(trial);
        real q = inside(trial, 3);
        double jensen = (double)two_codes_bound_by_jensen(&model, q);
        double gap = (double)two_codes_bound_by_gap(&model, q);
        double bill = (double)two_codes_bound_by_bill(&model, q);
        cr_assert_float_eq(jensen, gap, slack);
        cr_assert_float_eq(jensen, bill, slack);
    }
}

Test(elbo, never_exceeds_the_evidence)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        struct two_codes model = random_model(trial);
        double evidence = (double)two_codes_log_evidence(&model);
        for (uint32_t guess = 3; guess < 13; guess++) {
            real q = inside(trial, guess);
            double bound = (double)two_codes_bound_by_jensen(&model, q);
            cr_assert_leq(bound, evidence + slack);
        }
    }
}

Test(elbo, reaches_the_evidence_at_the_posterior)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        struct two_codes model = random_model(trial);
        real q = two_codes_posterior(&model);
        cr_assert_float_eq((double)two_codes_bound_by_jensen(&model, q),
                           (double)two_codes_log_evidence(&model), slack);
    }
}

Test(elbo, gives_the_numbers_worked_by_hand)
{
    struct two_codes model = two_codes_example();
    real q = (real)0.75;
    double evidence = log(5.0 / 16);
    double gap = 0.75 * log(5.0 / 6) + 0.25 * log(2.5);
    cr_assert_float_eq((double)two_codes_log_evidence(&model), evidence,
                       slack);
    cr_assert_float_eq((double)two_codes_posterior(&model), 0.9, slack);
    cr_assert_float_eq((double)two_codes_bound_by_bill(&model, q),
                       evidence - gap, slack);
}
