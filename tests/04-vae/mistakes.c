/* What the appendix on frequent mistakes says, on cases small enough to
   compute. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/kernels.h"
#include "00-foundations/ops.h"
#include "04-vae/iwae.h"
#include "04-vae/linear.h"
#include "04-vae/ops.h"
#include "04-vae/two-gradients.h"
#include "04-vae/two-pixels.h"

enum { DRAWS = 100000, MEBIBYTE = 1 << 20 };
static const double LOG_2PI = 1.8378770664093453;

/* Where the functions under test compute in float. */
static const double slack = sizeof(real) == 8 ? 1e-12 : 1e-3;

static double uniform(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 11, .purpose = RNG_TEST};
    return (double)rng_uniform(s, trial, index);
}

static double inside(uint32_t trial, uint32_t index)
{
    return 0.01 + 0.98 * uniform(trial, index);
}

static double normal(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 12, .purpose = RNG_TEST};
    return (double)rng_normal(s, trial, index);
}

/* ---- grey pixels as coins -------------------------------------------- */

static double coin_cost(struct engine *engine, double logit, double x)
{
    real l = (real)logit, grey = (real)x, nll;
    kernel_bernoulli_nll(engine, 1, 1, &l, &grey, &nll);
    return (double)nll;
}

/* Simpson's rule on the integral over all greys. */
static double mass_of_greys(struct engine *engine, double logit)
{
    enum { PANELS = 200 };
    double sum = 0;
    for (int i = 0; i <= PANELS; i++) {
        int weight = i == 0 || i == PANELS ? 1 : i % 2 == 1 ? 4 : 2;
        sum += weight * exp(-coin_cost(engine, logit,
                                       (double)i / PANELS));
    }
    return sum / (3 * PANELS);
}

Test(grey_coins, are_no_density_for_any_logit)
{
    struct engine *engine = engine_new(1, NULL);
    for (double l = -15.1; l < 16; l += 0.7) {
        double mass = mass_of_greys(engine, l);
        cr_assert_float_eq(mass, tanh(l / 2) / l, 1e-5);
        cr_assert_lt(mass, 0.5);
    }
    cr_assert_float_eq(mass_of_greys(engine, 0), 0.5, 1e-6);
    engine_free(engine);
}

Test(grey_coins, cost_at_least_the_entropy_of_the_grey)
{
    struct engine *engine = engine_new(1, NULL);
    for (double x = 0.02; x < 0.99; x += 0.02) {
        double entropy = -x * log(x) - (1 - x) * log1p(-x);
        double best = log(x / (1 - x));
        cr_assert_gt(entropy, 0);
        cr_assert_float_eq(coin_cost(engine, best, x), entropy, 1e-5);
        for (double l = -10; l <= 10; l += 0.25)
            cr_assert_geq(coin_cost(engine, l, x), entropy - 1e-5);
    }
    engine_free(engine);
}

/* ---- signs and units ------------------------------------------------- */

Test(elbo, of_coins_is_never_positive)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        real p = (real)inside(trial, 0);
        struct two_codes model = {
            .prior = {1 - p, p},
            .likelihood = {(real)inside(trial, 1), (real)inside(trial, 2)},
        };
        real q = (real)inside(trial, 3);
        cr_assert_leq(two_codes_bound_by_jensen(&model, q), 0);
    }
}

/* -log N(x; mean, variance) in nats, by the operation of the chapter */
static double gaussian_cost(double x, double mean, double variance)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(MEBIBYTE);
    struct tape *tape = tape_new(engine, arena);
    struct tensor m = tensor_new2(arena, 1, 1), v = tensor_new1(arena, 1);
    struct tensor image = tensor_new2(arena, 1, 1);
    m.data[0] = (real)mean, v.data[0] = (real)log(variance);
    image.data[0] = (real)x;
    double cost = (double)op_gaussian_nll(
        tape, tape_constant(tape, m), tape_constant(tape, image),
        tape_constant(tape, v))->value.data[0];
    arena_free(arena);
    engine_free(engine);
    return cost;
}

/* The density of 255 x is that of x over 255: log p falls by log 255. */
Test(densities, change_with_the_unit_and_may_exceed_one)
{
    for (uint32_t trial = 0; trial < 50; trial++) {
        double x = uniform(trial, 0), mean = uniform(trial, 1);
        double v = 0.01 + 0.1 * uniform(trial, 2), unit = 255;
        cr_assert_float_eq(gaussian_cost(unit * x, unit * mean,
                                         unit * unit * v),
                           gaussian_cost(x, mean, v) + log(unit), 1e-3);
    }
    cr_assert_lt(gaussian_cost(0.5, 0.5, 0.01), 0);
}

/* A byte k has the probability of its interval. The mean log density over
   the interval, on the scale of bytes, is at most its logarithm. */
Test(densities, of_dequantised_bytes_bound_their_probability)
{
    enum { POINTS = 1000 };
    for (uint32_t trial = 0; trial < 50; trial++) {
        double mean = 256 * uniform(trial, 3);
        double sigma = 1 + 20 * uniform(trial, 4), bound = 0;
        double k = floor(mean + sigma * normal(trial, 0));
        double below = (k - mean) / sigma, above = (k + 1 - mean) / sigma;
        double p = (erf(above / sqrt(2)) - erf(below / sqrt(2))) / 2;
        for (int i = 0; i < POINTS; i++) {
            double z = (k + (i + 0.5) / POINTS - mean) / sigma;
            bound -= (z * z + LOG_2PI + 2 * log(sigma)) / 2 / POINTS;
        }
        cr_assert_leq(bound, log(p) + 1e-9);
    }
}

/* ---- the log variance ------------------------------------------------ */

Test(log_variance, of_a_narrow_code_is_pulled_by_at_most_a_half)
{
    struct engine *engine = engine_new(1, NULL);
    for (double l = -80; l <= 0; l += 0.5) {
        real mu = 0, logvar = (real)l, one = 1, dmu = 0, dlogvar = 0;
        kernel_gaussian_kl_backward(engine, 1, 1, &mu, &logvar, &one, &dmu,
                                    &dlogvar);
        cr_assert_leq(fabs((double)dlogvar), 0.5);
        /* by sigma itself the same slope is sigma - 1/sigma */
        double sigma = exp(l / 2), steep = 2 * (double)dlogvar / sigma;
        double exact = sigma - 1 / sigma;
        cr_assert_float_eq(steep, exact, 1e-5 * (1 + fabs(exact)));
    }
    engine_free(engine);
}

Test(log_variance, of_a_wide_code_overflows_a_float_at_ninety)
{
    if (sizeof(real) != 4)
        return;
    struct engine *engine = engine_new(1, NULL);
    real mu = 0, logvar[] = {88, 90}, one = 1, kl[2];
    for (size_t i = 0; i < 2; i++) {
        real dmu = 0, slope = 0;
        kernel_gaussian_kl(engine, 1, 1, &mu, &logvar[i], &kl[i]);
        kernel_gaussian_kl_backward(engine, 1, 1, &mu, &logvar[i], &one,
                                    &dmu, &slope);
        cr_assert_eq(isinf(kl[i]) != 0, i == 1);
        cr_assert_eq(isinf(slope) != 0, i == 1);
    }
    engine_free(engine);
}

/* 5 tanh(l/5), by the tape: bounded by 5, with a slope everywhere that is
   that of 1/cosh^2. */
Test(log_variance, bounded_softly_keeps_a_slope)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(MEBIBYTE), *own = arena_new(MEBIBYTE);
    struct parameters *ps = parameters_new(
        own, 1, (const struct parameter_spec[]){{"logvar", 1, {5}}});
    const real at[] = {-20, -6, 0, 6, 20};
    for (size_t i = 0; i < 5; i++)
        ps->item[0].value.data[i] = at[i];
    struct tape *tape = tape_new(engine, arena);
    struct node *l = tape_parameter(tape, &ps->item[0]);
    struct node *bent = op_scale(
        tape, op_tanh(tape, op_scale(tape, l, (real)0.2)), 5);
    tape_backward(tape, op_sum(tape, bent));
    for (size_t i = 0; i < 5; i++) {
        double c = cosh((double)at[i] / 5);
        cr_assert_leq(fabs((double)bent->value.data[i]), 5);
        cr_assert_float_eq((double)ps->item[0].grad.data[i], 1 / (c * c),
                           1e-5);
        cr_assert_gt(ps->item[0].grad.data[i], 0);
    }
    arena_free(own);
    arena_free(arena);
    engine_free(engine);
}

/* ---- estimates that are low, and means of logarithms ---------------- */

/* Mean over many samples of the logarithm of the mean of five weights, and
   of the mean of their logarithms. */
Test(iwae, estimate_is_low_on_average_though_a_sample_may_be_high)
{
    enum { CODES = 5 };
    struct two_codes model = two_codes_example();
    double q = 0.75, evidence = log(5.0 / 16), sum = 0, squares = 0;
    double logs = 0;
    const double weight[2] = {0.125, 0.375};
    size_t above = 0;
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        real log_w[CODES];
        for (uint32_t k = 0; k < CODES; k++) {
            log_w[k] = (real)log(weight[uniform(draw, 8 + k) < q]);
            logs += (double)log_w[k] / CODES / DRAWS;
        }
        double estimate = log_mean_exp(CODES, log_w);
        above += estimate > evidence + slack;
        sum += estimate;
        squares += estimate * estimate;
    }
    double mean = sum / DRAWS;
    double error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
    double one = 0.75 * log(0.375) + 0.25 * log(0.125);
    cr_assert_lt(mean, evidence - 5 * error);
    cr_assert_float_eq(mean, two_codes_bound_by_weights(&model, (real)q,
                                                        CODES),
                       5 * error);
    /* at least four of the five bright */
    cr_assert_float_eq((double)above / DRAWS,
                       5 * pow(q, 4) * (1 - q) + pow(q, 5), 0.01);
    /* the mean of the logarithms is the bound of a single code */
    cr_assert_float_eq(logs, one, 0.01);
}

/* ---- all codes together ---------------------------------------------- */

/* Data of two images, (1, 1) and (0, 0), in the shares s and 1 - s, under
   the model of two codes; q[i] is the guess "bright" for image i. */
struct two_images { struct two_codes model[2]; double share[2], q[2]; };

static struct two_images two_images(uint32_t trial, double p)
{
    struct two_images t;
    double dark = inside(trial, 1), bright = inside(trial, 2);
    real prior[2] = {(real)(1 - p), (real)p};
    t.model[0] = (struct two_codes){
        {prior[0], prior[1]}, {(real)(dark * dark),
                               (real)(bright * bright)}};
    t.model[1] = (struct two_codes){
        {prior[0], prior[1]}, {(real)((1 - dark) * (1 - dark)),
                               (real)((1 - bright) * (1 - bright))}};
    t.share[0] = inside(trial, 3), t.share[1] = 1 - t.share[0];
    for (uint32_t i = 0; i < 2; i++)
        t.q[i] = inside(trial, 4 + i);
    return t;
}

static double together(const struct two_images *t)
{
    return t->share[0] * t->q[0] + t->share[1] * t->q[1];
}

static double mean_bound(const struct two_images *t)
{
    double bound = 0;
    for (size_t i = 0; i < 2; i++)
        bound += t->share[i] * (double)two_codes_bound_by_bill(
            &t->model[i], (real)t->q[i]);
    return bound;
}

static double divergence(double q, double p)
{
    return (double)two_codes_kl((real)q, (real)p);
}

Test(aggregate, price_is_information_and_distance_from_the_prior)
{
    for (uint32_t trial = 0; trial < 200; trial++) {
        struct two_images t = two_images(trial, inside(trial, 0));
        double p = (double)t.model[0].prior[1], all = together(&t);
        double price = 0, information = 0;
        for (size_t i = 0; i < 2; i++) {
            price += t.share[i] * divergence(t.q[i], p);
            information += t.share[i] * divergence(t.q[i], all);
        }
        cr_assert_float_eq(price, information + divergence(all, p), slack);
    }
}

/* Without any gap the codes of the data still do not fill the prior. */
Test(aggregate, of_exact_posteriors_is_not_the_prior)
{
    struct two_codes example = two_codes_example();
    struct two_images t = {
        .model = {example, {{example.prior[0], example.prior[1]},
                            {example.likelihood[1],
                             example.likelihood[0]}}},
        .share = {0.9, 0.1},
    };
    for (size_t i = 0; i < 2; i++) {
        t.q[i] = (double)two_codes_posterior(&t.model[i]);
        cr_assert_float_eq(
            (double)two_codes_bound_by_bill(&t.model[i], (real)t.q[i]),
            (double)two_codes_log_evidence(&t.model[i]), slack);
    }
    cr_assert_float_eq(together(&t), 0.82, slack);
    cr_assert_gt(divergence(together(&t), 0.5), 0.2);
}

Test(aggregate, as_the_prior_raises_the_bound_by_its_distance)
{
    for (uint32_t trial = 0; trial < 200; trial++) {
        struct two_images t = two_images(trial, inside(trial, 0));
        double p = (double)t.model[0].prior[1], all = together(&t);
        double before = mean_bound(&t);
        struct two_images learned = two_images(trial, all);
        double gain = mean_bound(&learned) - before;
        cr_assert_float_eq(gain, divergence(all, p), slack);
        double other = inside(trial, 9);
        struct two_images worse = two_images(trial, other);
        cr_assert_leq(mean_bound(&worse), mean_bound(&learned) + slack);
    }
}

/* ---- what a code tells ---------------------------------------------- */

/* Four images, three codes, any encoder q(z|x) and any decoder p(x|z):
   I(x; z) >= H(x) + E log p(x|z), with equality for p(x|z) = q(x|z). */
Test(information, is_bounded_from_below_by_any_decoder)
{
    enum { X = 4, Z = 3 };
    for (uint32_t trial = 0; trial < 200; trial++) {
        double joint[X][Z], px[X] = {0}, pz[Z] = {0}, decoder[X][Z];
        double all = 0, column[Z] = {0}, entropy = 0, information = 0;
        for (uint32_t x = 0; x < X; x++)
            for (uint32_t z = 0; z < Z; z++) {
                joint[x][z] = inside(trial, 20 + x * Z + z);
                decoder[x][z] = inside(trial, 40 + x * Z + z);
                all += joint[x][z];
                column[z] += decoder[x][z];
            }
        for (size_t x = 0; x < X; x++)
            for (size_t z = 0; z < Z; z++) {
                joint[x][z] /= all;
                px[x] += joint[x][z];
                pz[z] += joint[x][z];
            }
        double by_decoder = 0, by_truth = 0;
        for (size_t x = 0; x < X; x++) {
            entropy -= px[x] * log(px[x]);
            for (size_t z = 0; z < Z; z++) {
                double p = joint[x][z];
                information += p * log(p / (px[x] * pz[z]));
                by_decoder += p * log(decoder[x][z] / column[z]);
                by_truth += p * log(p / pz[z]);
            }
        }
        cr_assert_leq(entropy + by_decoder, information + 1e-12);
        cr_assert_float_eq(entropy + by_truth, information, 1e-12);
    }
}

/* ---- where the path fails ------------------------------------------- */

/* f jumps from 0 to 1 at zero: its derivative is zero wherever there is
   one, and the derivative of its mean is the density at the jump. */
Test(two_gradients, path_misses_a_jump_and_the_score_does_not)
{
    double mu = 0.3, logvar = -0.7, sigma = exp(logvar / 2);
    double sum = 0, squares = 0;
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        double z = mu + sigma * normal(draw, 1), score[2];
        gaussian_score(z, mu, logvar, score);
        double estimate = z > 0 ? score[0] : 0;
        sum += estimate;
        squares += estimate * estimate;
    }
    double mean = sum / DRAWS, away = mu / sigma;
    double error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
    double exact = exp(-(away * away + LOG_2PI) / 2) / sigma;
    cr_assert_float_eq(mean, exact, 5 * error);
    cr_assert_gt(exact, 0.3);
}
