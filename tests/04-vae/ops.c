/* The three operations of chapter 4 against closed forms, finite differences
   and Monte Carlo. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/gradcheck.h"
#include "00-foundations/ops.h"
#include "04-vae/ops.h"

enum { ROWS = 5, COLS = 7, DRAWS = 100000, MEBIBYTE = 1 << 20 };
static const struct rng_stream stream = {.seed = 4, .purpose = RNG_TEST};

/* Two parameters "a" and "b", [ROWS, COLS], standard normal. */
static struct parameters *two_parameters(struct engine *engine,
                                         struct arena *arena)
{
    const struct parameter_spec spec[] = {
        {"a", 2, {ROWS, COLS}}, {"b", 2, {ROWS, COLS}},
    };
    struct parameters *ps = parameters_new(arena, 2, spec);
    for (uint32_t i = 0; i < 2; i++) {
        struct rng_stream s = stream;
        s.step = i;
        kernel_normal(engine, s, ROWS, COLS, ps->item[i].value.data);
    }
    return ps;
}

static struct tensor constant(struct tape *tape, uint32_t step, bool normal)
{
    struct rng_stream s = stream;
    s.step = step;
    struct tensor t = tensor_new2(tape_arena(tape), ROWS, COLS);
    if (normal)
        kernel_normal(tape_engine(tape), s, ROWS, COLS, t.data);
    else
        kernel_uniform(tape_engine(tape), s, ROWS, COLS, t.data);
    return t;
}

/* A scalar in which every row and column has a weight of its own. */
static struct node *weighed(struct tape *tape, struct node *y)
{
    struct tensor w = tensor_like(tape_arena(tape), &y->value);
    for (size_t i = 0; i < tensor_size(&w); i++)
        w.data[i] = (real)1 + (real)0.25 * (real)(i % 11);
    return op_sum(tape, op_mul(tape, y, tape_constant(tape, w)));
}

static double worst_gradient(gradcheck_build *build)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(MEBIBYTE);
    double worst = check_gradient(engine, two_parameters(engine, arena),
                                  build, NULL);
    arena_free(arena);
    engine_free(engine);
    return worst;
}

/* Finite differences are worth taking in double only. */
static const double tolerance = sizeof(real) == 8 ? 1e-7 : INFINITY;

static struct node *build_kl(void *none, struct tape *t,
                             struct parameters *ps)
{
    (void)none;
    return weighed(t, op_gaussian_kl(t, tape_parameter(t, &ps->item[0]),
                                     tape_parameter(t, &ps->item[1])));
}

Test(gaussian_kl, gradient_agrees_with_finite_differences)
{
    cr_assert_leq(worst_gradient(build_kl), tolerance);
}

static struct node *build_sample(void *none, struct tape *t,
                                 struct parameters *ps)
{
    (void)none;
    struct node *eps = tape_constant(t, constant(t, 7, true));
    return weighed(t, op_gaussian_sample(t, tape_parameter(t, &ps->item[0]),
                                         tape_parameter(t, &ps->item[1]),
                                         eps));
}

Test(gaussian_sample, gradient_agrees_with_finite_differences)
{
    cr_assert_leq(worst_gradient(build_sample), tolerance);
}

static struct node *build_nll(void *none, struct tape *t,
                              struct parameters *ps)
{
    (void)none;
    struct node *x = tape_constant(t, constant(t, 8, false));
    struct node *logits = op_add(t, tape_parameter(t, &ps->item[0]),
                                 tape_parameter(t, &ps->item[1]));
    return weighed(t, op_bernoulli_nll(t, logits, x));
}

Test(bernoulli_nll, gradient_agrees_with_finite_differences)
{
    cr_assert_leq(worst_gradient(build_nll), tolerance);
}

static double kl_of(struct engine *engine, double mu, double logvar)
{
    real m = (real)mu, l = (real)logvar, kl;
    kernel_gaussian_kl(engine, 1, 1, &m, &l, &kl);
    return (double)kl;
}

/* Mean and standard error of log q - log p over draws from q. */
static void surprise(const real *eps, double mu, double logvar,
                     double *mean, double *error)
{
    double sum = 0, squares = 0, sigma = exp(logvar / 2);
    for (size_t i = 0; i < DRAWS; i++) {
        double e = (double)eps[i], z = mu + sigma * e;
        double s = (z * z - e * e - logvar) / 2;
        sum += s;
        squares += s * s;
    }
    *mean = sum / DRAWS;
    *error = sqrt((squares / DRAWS - *mean * *mean) / DRAWS);
}

Test(gaussian_kl, agrees_with_monte_carlo_within_five_standard_errors)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(2 * MEBIBYTE);
    real *eps = arena_alloc(arena, DRAWS, sizeof *eps);
    for (uint32_t pair = 0; pair < 100; pair++) {
        struct rng_stream s = stream;
        s.step = 100 + pair;
        kernel_normal(engine, s, 1, DRAWS, eps);
        double mu = 3 * (double)rng_normal(stream, pair, 0);
        double logvar = 2 * (double)rng_normal(stream, pair, 1);
        double mean, error;
        surprise(eps, mu, logvar, &mean, &error);
        double kl = kl_of(engine, mu, logvar);
        cr_assert_leq(fabs(kl - mean), 5 * error + 1e-6 * kl,
                      "mu %g logvar %g: %g, but %g +- %g", mu, logvar, kl,
                      mean, error);
    }
    arena_free(arena);
    engine_free(engine);
}

Test(gaussian_kl, vanishes_at_the_prior_and_nowhere_else)
{
    struct engine *engine = engine_new(1, NULL);
    cr_assert_eq(kl_of(engine, 0, 0), 0);
    for (uint32_t i = 0; i < 1000; i++) {
        double mu = (double)rng_normal(stream, i, 2);
        double logvar = (double)rng_normal(stream, i, 3);
        double shrink = pow(10, -(double)(i % 3));
        cr_assert_gt(kl_of(engine, mu * shrink, 0), 0);
        cr_assert_gt(kl_of(engine, 0, logvar * shrink), 0);
        cr_assert_gt(kl_of(engine, mu * shrink, logvar * shrink), 0);
    }
    engine_free(engine);
}

/* eq:price-of-precision, on codes whose squared means and variances sum to
   one for each image, and on pairs of images between which they do. */
Test(gaussian_kl, charges_for_precision_alone_where_codes_fill_the_prior)
{
    struct engine *engine = engine_new(1, NULL);
    for (double v = 0.02; v < 0.98; v += 0.03) {
        double mu = sqrt(1 - v), slack = 1e-5;
        cr_assert_float_eq(kl_of(engine, mu, log(v)), -log(v) / 2, slack);
        double w = v / 2, apart = sqrt(2 - v - w);
        double mean = (kl_of(engine, apart, log(v)) +
                       kl_of(engine, 0, log(w))) / 2;
        cr_assert_float_eq(mean, -(log(v) + log(w)) / 4, slack);
    }
    engine_free(engine);
}

/* (e^l - 1 - l)/2 = l^2/4 + l^3/12 + ..., to one per cent even where the
   terms of the formula are ten thousand times larger than the result. */
Test(gaussian_kl, keeps_its_digits_next_to_the_prior)
{
    struct engine *engine = engine_new(1, NULL);
    for (double l = 1e-4; l < 0.1; l *= 1.37)
        for (int sign = -1; sign <= 1; sign += 2) {
            double x = (double)(real)(sign * l);
            double series = x * x / 4 + x * x * x / 12 + x * x * x * x / 48;
            cr_assert_float_eq(kl_of(engine, 0, x), series, 0.01 * series,
                               "at %g: %g, not %g", x,
                               kl_of(engine, 0, x), series);
        }
    engine_free(engine);
}

static double nll_of(struct engine *engine, double logit, double x)
{
    real l = (real)logit, target = (real)x, nll;
    kernel_bernoulli_nll(engine, 1, 1, &l, &target, &nll);
    return (double)nll;
}

Test(bernoulli_nll, agrees_with_the_definition_by_probabilities)
{
    struct engine *engine = engine_new(1, NULL);
    double slack = sizeof(real) == 8 ? 1e-12 : 2e-6;
    for (double l = -12; l <= 12; l += 0.37)
        for (double x = 0; x <= 1; x += 0.25) {
            double p = 1 / (1 + exp(-l)), q = 1 / (1 + exp(l));
            double expected = -x * log(p) - (1 - x) * log(q);
            cr_assert_float_eq(nll_of(engine, l, x), expected,
                               slack * (1 + fabs(l)));
        }
    engine_free(engine);
}

Test(bernoulli_nll, is_stable_at_logits_of_ten_thousand)
{
    struct engine *engine = engine_new(1, NULL);
    cr_assert_eq(nll_of(engine, 1e4, 1), 0);
    cr_assert_eq(nll_of(engine, -1e4, 0), 0);
    cr_assert_eq(nll_of(engine, 1e4, 0), 1e4);
    cr_assert_eq(nll_of(engine, -1e4, 1), 1e4);
    real l[2] = {(real)1e4, (real)-1e4}, x[2] = {0, 1}, one = 1;
    real slope[2] = {7, 7};
    kernel_bernoulli_nll_backward(engine, 1, 2, l, x, &one, FROM_ZERO,
                                  slope);
    cr_assert_eq(slope[0], 1);
    cr_assert_eq(slope[1], -1);
    kernel_bernoulli_nll_backward(engine, 1, 2, l, x, &one, FROM_C, slope);
    cr_assert_eq(slope[0], 2);
    cr_assert_eq(slope[1], -2);
    engine_free(engine);
}

/* E z^2 = mu^2 + exp(logvar): the mean of the pathwise derivatives must be
   2 mu and exp(logvar). Draws are columns, so that the tape keeps apart the
   derivative of each. */
Test(gaussian_sample, pathwise_gradient_is_unbiased)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(64 * MEBIBYTE);
    struct arena *own = arena_new(16 * MEBIBYTE);
    const struct parameter_spec spec[] = {{"mu", 2, {1, DRAWS}},
                                          {"logvar", 2, {1, DRAWS}}};
    struct parameters *ps = parameters_new(own, 2, spec);
    double mu = 0.7, logvar = -0.5;
    for (size_t i = 0; i < DRAWS; i++) {
        ps->item[0].value.data[i] = (real)mu;
        ps->item[1].value.data[i] = (real)logvar;
    }
    struct tape *tape = tape_new(engine, arena);
    struct tensor eps = tensor_new2(arena, 1, DRAWS);
    kernel_normal(engine, stream, 1, DRAWS, eps.data);
    struct node *z = op_gaussian_sample(
        tape, tape_parameter(tape, &ps->item[0]),
        tape_parameter(tape, &ps->item[1]), tape_constant(tape, eps));
    tape_backward(tape, op_sum(tape, op_mul(tape, z, z)));
    const double expected[2] = {2 * mu, exp(logvar)};
    for (size_t k = 0; k < 2; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < DRAWS; i++) {
            double g = (double)ps->item[k].grad.data[i];
            sum += g;
            squares += g * g;
        }
        double mean = sum / DRAWS;
        double error = sqrt((squares / DRAWS - mean * mean) / DRAWS);
        cr_assert_leq(fabs(mean - expected[k]), 5 * error);
    }
    arena_free(own);
    arena_free(arena);
    engine_free(engine);
}
