/* The bounds by importance weights: against enumeration, closed forms and
   an integral, and what holds for every sample. */
#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "04-vae/evaluate.h"
#include "04-vae/iwae.h"

enum { IMAGES = 60, SIDE = 4, PIXELS = SIDE * SIDE, HIDDEN = 8 };
enum { MEBIBYTE = 1 << 20 };

/* A few digits of a weight are lost in float. */
static const double slack = sizeof(real) == 8 ? 1e-12 : 1e-4;

static real inside(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 7, .purpose = RNG_TEST};
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

/* ---- log-mean-exp ---------------------------------------------------- */

Test(log_mean_exp, agrees_with_the_definition_where_that_can_be_computed)
{
    for (uint32_t trial = 0; trial < 1000; trial++) {
        real x[7];
        double mean = 0;
        for (uint32_t k = 0; k < 7; k++) {
            x[k] = 20 * inside(trial, k) - 10;
            mean += exp((double)x[k]) / 7;
        }
        cr_assert_float_eq(log_mean_exp(7, x), log(mean), slack);
    }
}

Test(log_mean_exp, moves_with_its_arguments_as_far_as_ten_thousand)
{
    const double places[] = {-1e4, -1000, -90, 90, 1000, 1e4};
    const double expected = log((1 + exp(-1) + exp(-3)) / 3);
    double rough = sizeof(real) == 8 ? 1e-11 : 1e-3;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        double at = places[i];
        real x[] = {(real)(at - 1), (real)at, (real)(at - 3)};
        cr_assert_float_eq(log_mean_exp(3, x), at + expected, rough);
    }
}

Test(log_mean_exp, of_weights_far_apart_is_that_of_the_largest)
{
    real x[] = {(real)-1e4, (real)1e4, 0, (real)-1e4};
    cr_assert_float_eq(log_mean_exp(4, x), 1e4 - log(4), 1e-2);
    cr_assert_float_eq(log_mean_exp(4, x), (double)(real)(1e4 - log(4)),
                       1e-3);
}

Test(log_mean_exp, counts_minus_infinity_as_a_weight_of_zero)
{
    real none[] = {-(real)INFINITY, -(real)INFINITY};
    real half[] = {-(real)INFINITY, 2};
    cr_assert_eq(log_mean_exp(2, none), -INFINITY);
    cr_assert_float_eq(log_mean_exp(2, half), 2 - log(2), slack);
}

/* ---- enumeration ----------------------------------------------------- */

Test(iwae, gives_the_numbers_worked_by_hand)
{
    struct two_codes model = two_codes_example();
    double two = (9 * log(3.0 / 8) + 6 * log(1.0 / 4) + log(1.0 / 8)) / 16;
    double one = 0.75 * log(3.0 / 8) + 0.25 * log(1.0 / 8);
    double got = two_codes_bound_by_weights(&model, (real)0.75, 2);
    cr_assert_float_eq(got, two, slack);
    got = two_codes_bound_by_weights(&model, (real)0.75, 1);
    cr_assert_float_eq(got, one, slack);
}

Test(iwae, grows_with_the_number_of_codes_and_never_exceeds_the_evidence)
{
    for (uint32_t trial = 0; trial < 200; trial++) {
        struct two_codes model = random_model(trial);
        real q = inside(trial, 3);
        double last = (double)two_codes_bound_by_jensen(&model, q) - slack;
        double evidence = (double)two_codes_log_evidence(&model);
        for (size_t codes = 1; codes <= 64; codes++) {
            double bound = two_codes_bound_by_weights(&model, q, codes);
            cr_assert_geq(bound, last - slack);
            cr_assert_leq(bound, evidence + slack);
            last = bound;
        }
    }
}

Test(iwae, misses_the_evidence_by_the_variance_over_twice_the_codes)
{
    struct two_codes model = two_codes_example();
    double evidence = (double)two_codes_log_evidence(&model);
    double bound = two_codes_bound_by_weights(&model, (real)0.75, 500);
    cr_assert_float_eq(1000 * (evidence - bound), 0.12,
                       sizeof(real) == 8 ? 1e-3 : 2e-2);
}

/* ---- models of images ------------------------------------------------ */

struct bench {
    struct engine *engine;
    struct arena *arena, *step;
    struct tape *tape;
    struct vae *vae;
    struct dataset data;
    uint8_t pixels[IMAGES * PIXELS];
};

static struct bench *bench_new(size_t threads, size_t latents)
{
    struct vae_sizes sizes = {PIXELS, HIDDEN, latents};
    struct bench *b = calloc(1, sizeof *b);
    for (size_t i = 0; i < sizeof b->pixels; i++)
        b->pixels[i] = (uint8_t)(i * 37 % 251);
    b->data = (struct dataset){.count = IMAGES, .height = SIDE,
                               .width = SIDE, .pixels = b->pixels};
    b->engine = engine_new(threads, NULL);
    b->arena = arena_new(16 * MEBIBYTE);
    b->step = arena_new(vae_trial_bytes(sizes));
    b->tape = tape_new(b->engine, b->step);
    b->vae = vae_new(b->arena, sizes);
    real mean[PIXELS];
    for (size_t j = 0; j < PIXELS; j++)
        mean[j] = (real)0.25 + (real)j / (2 * PIXELS);
    vae_initialise(b->vae, 3, mean);
    return b;
}

static void bench_free(struct bench *b)
{
    arena_free(b->step);
    arena_free(b->arena);
    engine_free(b->engine);
    free(b);
}

static struct iwae_plan plan(const struct bench *b, size_t codes)
{
    return (struct iwae_plan){.data = &b->data, .stride = 1, .codes = codes,
                              .images = b->data.count, .seed = 9};
}

static real *weights(struct bench *b, const struct iwae_plan *p)
{
    real *log_w = calloc(p->images * p->codes, sizeof *log_w);
    iwae_weights(b->vae, b->tape, b->arena, p, 0, p->images, log_w);
    return log_w;
}

static void silence(struct parameter *p)
{
    memset(p->value.data, 0, tensor_size(&p->value) * sizeof(real));
}

/* A decoder that is deaf to its code: the posterior is the prior. */
static void deafen_decoder(struct vae *vae)
{
    silence(vae->decoder[0].w);
}

/* An encoder that always answers with the prior. */
static void answer_prior(struct vae *vae)
{
    silence(vae->mu.w);
    silence(vae->logvar.w);
}

Test(iwae, every_weight_is_the_evidence_when_the_guess_is_the_posterior)
{
    struct bench *b = bench_new(1, 3);
    deafen_decoder(b->vae);
    answer_prior(b->vae);
    struct iwae_plan p = plan(b, 50);
    real *log_w = weights(b, &p);
    for (size_t i = 0; i < IMAGES; i++)
        for (size_t k = 1; k < 50; k++)
            cr_assert_eq(log_w[i * 50 + k], log_w[i * 50]);
    double bound[4], bill = 0;
    iwae_evaluate(b->vae, b->tape, b->arena, &p, 4,
                  (const size_t[]){1, 5, 25, 50}, bound);
    for (size_t i = 0; i < IMAGES; i++)
        bill += (double)log_w[i * 50] / IMAGES;
    for (size_t k = 0; k < 4; k++)
        cr_assert_float_eq(bound[k], bill, slack);
    free(log_w);
    bench_free(b);
}

Test(iwae, with_one_code_is_the_elbo_up_to_the_chance_of_the_draws)
{
    struct bench *b = bench_new(1, 3);
    struct iwae_plan p = plan(b, 2000);
    struct vae_score score = vae_score_new(b->arena, 3);
    size_t one = 1;
    double bound;
    iwae_evaluate(b->vae, b->tape, b->arena, &p, 1, &one, &bound);
    vae_evaluate(b->vae, b->tape, &b->data, 9, &score);
    /* one code an image there: its standard error is near 0.2 nats */
    cr_assert_float_eq(bound, -score.total, 1.0);
    deafen_decoder(b->vae);
    iwae_evaluate(b->vae, b->tape, b->arena, &p, 1, &one, &bound);
    vae_evaluate(b->vae, b->tape, &b->data, 9, &score);
    /* now pixels and price are exact, and chance is in the weights only */
    cr_assert_float_eq(bound, -score.total, 0.02);
    bench_free(b);
}

Test(iwae, estimates_grow_for_every_sample_when_groups_are_nested)
{
    struct bench *b = bench_new(1, 3);
    struct iwae_plan p = plan(b, 60);
    for (p.seed = 1; p.seed <= 20; p.seed++) {
        double bound[5];
        iwae_evaluate(b->vae, b->tape, b->arena, &p, 5,
                      (const size_t[]){1, 2, 6, 30, 60}, bound);
        for (size_t k = 1; k < 5; k++)
            cr_assert_geq(bound[k], bound[k - 1] - slack);
    }
    bench_free(b);
}

/* log p(x) of a model with a single latent, by the trapezoid rule. */
static double integral(struct bench *b, const real *x)
{
    enum { POINTS = 481 };
    const double step = 0.025;
    tape_reset(b->tape);
    struct tensor z = tensor_new2(b->step, POINTS, 1);
    struct tensor many = tensor_new2(b->step, POINTS, PIXELS);
    for (size_t i = 0; i < POINTS; i++) {
        z.data[i] = (real)(((double)i - POINTS / 2) * step);
        memcpy(many.data + i * PIXELS, x, PIXELS * sizeof *x);
    }
    struct node *nll = op_bernoulli_nll(
        b->tape, vae_decode(b->vae, b->tape, tape_constant(b->tape, z)),
        tape_constant(b->tape, many));
    double sum = 0;
    for (size_t i = 0; i < POINTS; i++) {
        double square = (double)z.data[i] * (double)z.data[i];
        sum += exp(-square / 2 - (double)nll->value.data[i]);
    }
    return log(sum * step / sqrt(2 * acos(-1)));
}

Test(iwae, approaches_the_integral_over_all_codes)
{
    struct bench *b = bench_new(1, 1);
    for (size_t i = 0; i < tensor_size(&b->vae->decoder[0].w->value); i++)
        b->vae->decoder[0].w->value.data[i] *= 3;
    struct iwae_plan p = plan(b, 5000);
    p.images = 5;
    real *log_w = weights(b, &p);
    for (size_t i = 0; i < p.images; i++) {
        tape_reset(b->tape);
        struct vae_trial t = vae_trial(b->engine, b->step, &b->data,
                                       &b->vae->sizes, p.seed, i, 1);
        real x[PIXELS];
        memcpy(x, t.x.data, sizeof x);
        double exact = integral(b, x);
        double got = log_mean_exp(5000, log_w + i * 5000), square = 0;
        for (size_t k = 0; k < 5000; k++)
            square += pow(expm1((double)log_w[i * 5000 + k] - got), 2);
        double error = sqrt(square) / 5000;
        cr_assert_float_eq(got, exact, 5 * error + slack,
                           "image %zu: %g, not %g", i, got, exact);
        cr_assert_lt(error, 0.05);
    }
    free(log_w);
    bench_free(b);
}

Test(iwae, weighs_a_code_alike_however_the_work_is_cut)
{
    struct bench *one = bench_new(1, 3), *two = bench_new(2, 3);
    struct iwae_plan many = plan(one, 1100), few = plan(two, 7);
    many.images = 8;
    few.stride = 3, few.first = 1, few.images = 2;
    real *a = weights(one, &many), *b = weights(two, &few);
    for (size_t k = 0; k < 7; k++) {
        cr_assert_eq(b[k], a[1 * 1100 + k]);
        cr_assert_eq(b[7 + k], a[4 * 1100 + k]);
    }
    free(a);
    free(b);
    bench_free(one);
    bench_free(two);
}

Test(iwae, groups_that_do_not_divide_the_codes_are_refused,
     .signal = SIGABRT)
{
    struct bench *b = bench_new(1, 3);
    struct iwae_plan p = plan(b, 50);
    size_t size = 7;
    double bound;
    iwae_evaluate(b->vae, b->tape, b->arena, &p, 1, &size, &bound);
}
