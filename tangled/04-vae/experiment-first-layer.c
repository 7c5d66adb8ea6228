/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Embedded digits: the variance of two gradients in an encoder. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "00-foundations/ops.h"
#include "04-vae/evaluate.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SEEDS = 5, TRAIN = 30000, BATCH = 100, DRAWS = 200, PATH = 4096 };
enum way { BY_PATH, BY_SCORE, WITH_BASELINE, WAYS };

/* gather the moments of gradients */
struct bench {
    const char *name;
    struct engine *engine;
    struct dataset train;
    struct vae_objective objective;
    struct arena *arena, *step;
    struct tape *tape;
    struct tensor x;                    /* the batch, tossed once */
    struct parameter *first;            /* the encoder's first weights */
    size_t weights;
    double *sum[WAYS], *square[WAYS];
    double baseline[BATCH];
};

/* draw the noise and pay the bill */
static struct vae_bill pay(struct bench *b, uint32_t draw, struct node **z)
{
    const struct vae *vae = b->objective.vae;
    size_t latents = vae->sizes.latents;
    tape_reset(b->tape);
    struct tensor eps = tensor_new2(tape_arena(b->tape), BATCH, latents);
    struct rng_stream noise = {.seed = b->objective.seed,
                               .purpose = RNG_SAMPLE, .step = draw};
    kernel_normal(b->engine, noise, BATCH, latents, eps.data);
    struct vae_bill bill = vae_bill(vae, b->tape, b->x, eps);
    *z = op_gaussian_sample(b->tape, bill.code.mu, bill.code.logvar,
                            tape_constant(b->tape, eps));
    return bill;
}

/* record a loss whose gradient is the score's */
static struct node *score_loss(struct bench *b, struct vae_bill bill,
                               struct node *z, bool with_baseline)
{
    struct tape *t = b->tape;
    size_t latents = z->value.shape[1];
    struct tensor weight = tensor_like(tape_arena(t), &z->value);
    for (size_t i = 0; i < BATCH * latents; i++) {
        double f = (double)bill.pixels->value.data[i / latents];
        if (with_baseline)
            f -= b->baseline[i / latents];
        weight.data[i] = (real)(-f / (2 * BATCH));
    }
    struct node *logvar = bill.code.logvar;
    struct node *away = op_sub(t, tape_constant(t, z->value), bill.code.mu);
    struct node *precision = op_exp(t, op_scale(t, logvar, -1));
    struct node *square = op_mul(t, op_mul(t, away, away), precision);
    struct node *log_q = op_mul(t, op_add(t, square, logvar),
                                tape_constant(t, weight));
    return op_add(t, op_sum(t, log_q), op_mean(t, bill.price));
}

/* take the gradient of one draw */
static void take_gradient(struct bench *b, enum way way, uint32_t draw)
{
    struct parameters *ps = b->objective.vae->parameters;
    struct node *z;
    struct vae_bill bill = pay(b, draw, &z);
    struct node *loss = way == BY_PATH ? op_mean(b->tape, bill.total)
        : score_loss(b, bill, z, way == WITH_BASELINE);
    memset(ps->grad, 0, ps->total * sizeof *ps->grad);
    tape_backward(b->tape, loss);
    for (size_t i = 0; i < b->weights; i++) {
        double g = (double)b->first->grad.data[i];
        b->sum[way][i] += g;
        b->square[way][i] += g * g;
    }
}

/* work out the baselines */
static void work_out_baselines(struct bench *b)
{
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        struct node *z;
        struct vae_bill bill = pay(b, DRAWS + draw, &z);
        for (size_t i = 0; i < BATCH; i++)
            b->baseline[i] += (double)bill.pixels->value.data[i] / DRAWS;
    }
}

/* compare the variances */
enum quantity {
    PATH_NOISE, SCORE_NOISE, BASELINE_NOISE, SCORE_COST, BASELINE_COST,
    APART, QUANTITIES
};

static void compare_variances(const struct bench *b, size_t s,
                              double x[QUANTITIES][SEEDS])
{
    double variance[WAYS] = {0}, length = 0, apart = 0;
    for (size_t i = 0; i < b->weights; i++) {
        for (int way = 0; way < WAYS; way++)
            variance[way] += (b->square[way][i] - b->sum[way][i] *
                              b->sum[way][i] / DRAWS) / (DRAWS - 1);
        double mean = b->sum[BY_PATH][i] / DRAWS;
        double off = b->sum[WITH_BASELINE][i] / DRAWS - mean;
        length += mean * mean;
        apart += off * off;
    }
    double path = variance[BY_PATH], based = variance[WITH_BASELINE];
    x[PATH_NOISE][s] = sqrt(path / length);
    x[SCORE_NOISE][s] = sqrt(variance[BY_SCORE] / length);
    x[BASELINE_NOISE][s] = sqrt(based / length);
    x[SCORE_COST][s] = variance[BY_SCORE] / path;
    x[BASELINE_COST][s] = based / path;
    x[APART][s] = apart / (based / DRAWS);
}
static bool write_ledger(double x[QUANTITIES][SEEDS], const char *out,
                         struct error *err)
{
    static const char *const key[QUANTITIES] = {
        "vae.first_layer.path", "vae.first_layer.score",
        "vae.first_layer.baseline", "vae.first_layer.score_cost",
        "vae.first_layer.baseline_cost", "vae.first_layer.apart"};
    char path[PATH];
    snprintf(path, sizeof path, "%s/first-layer.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-first-layer.c", "digits", "after 300 "
        "steps, a batch of 100, 200 draws, seeds 1-5", SOURCE_HASH);
    for (size_t k = 0; k < QUANTITIES; k++)
        ledger_put_seeds(ledger, key[k], SEEDS, x[k], "");
    return ledger_close(ledger, err);
}

/* train the model to be looked at */
static void train_once(struct bench *b)
{
    struct training training = vae_training(b->engine, &b->objective,
                                            &b->train, 1);
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, b->name));
}
static void begin(struct bench *b, uint64_t seed,
                  const struct dataset *test)
{
    struct vae_sizes sizes = {test->height * test->width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (16 << 20));
    b->arena = arena;
    b->step = arena_new(vae_trial_bytes(sizes));
    b->objective = (struct vae_objective){vae_new(arena, sizes), seed};
    vae_initialise(b->objective.vae, seed,
                   vae_mean_image(arena, &b->train));
    train_once(b);
    b->first = b->objective.vae->encoder[0].w;
    b->weights = tensor_size(&b->first->value);
    for (int way = 0; way < WAYS; way++) {
        b->sum[way] = arena_alloc(arena, b->weights, sizeof(double));
        b->square[way] = arena_alloc(arena, b->weights, sizeof(double));
    }
    memset(b->baseline, 0, sizeof b->baseline);
    b->x = vae_trial(b->engine, arena, test, &sizes, seed, 0, BATCH).x;
    b->tape = tape_new(b->engine, b->step);
}

/* measure one seed */
static void measure_seed(struct bench *b, size_t s,
                         const struct dataset *test,
                         double x[QUANTITIES][SEEDS])
{
    begin(b, s + 1, test);
    work_out_baselines(b);
    for (uint32_t draw = 0; draw < DRAWS; draw++)
        for (int way = 0; way < WAYS; way++)
            take_gradient(b, (enum way)way, draw);
    compare_variances(b, s, x);
    printf("seed %zu: the score costs %.0f times as much as the path\n",
           s + 1, x[SCORE_COST][s]);
    fflush(stdout);
    arena_free(b->step);
    arena_free(b->arena);
}

/* measure with every seed */
int main(int argc, char **argv)
{
    static struct bench b;
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Measures two gradients of an encoder's first layer."};
    b.name = options_start(&program, &run, argc, argv);
    struct dataset test;
    struct error err;
    double x[QUANTITIES][SEEDS];
    b.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(b.engine), &b.train, &test, &err))
        error_exit(b.name, &err);
    b.train.count = b.train.count < TRAIN ? b.train.count : TRAIN;
    for (size_t s = 0; s < SEEDS; s++)
        measure_seed(&b, s, &test, x);
    if (!write_ledger(x, run.out, &err))
        error_exit(b.name, &err);
    return program_end(b.name);
}
