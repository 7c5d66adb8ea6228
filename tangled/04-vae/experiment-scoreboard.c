/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: a row for the scoreboard, and what to compare it with. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "00-foundations/classifier.h"
#include "00-foundations/elementary.h"
#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/iwae.h"
#include "04-vae/probe.h"
#include "04-vae/train.h"
#include "workshop/checkpoint.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SEEDS = 3, EPOCHS = 10, DRAWS = 1000, EVERY = 10, CODES = 50 };
enum { ROWS = 500, PATH = 4096 };
static const char PROGRAM[] = "04-vae/experiment-scoreboard.c";

/* gather what the scoreboard needs */
enum column { SQUARED, NLL, SCORE, PROBE, COLUMNS };
static const struct { const char *name, *unit; } column_is[COLUMNS] = {
    [SQUARED] = {"squared_error", ""}, [NLL] = {"nll", "nats"},
    [SCORE] = {"draws", ""}, [PROBE] = {"probe", "%"}};

struct board {
    struct vae_objective objective;     /* first: vae_loss casts to it */
    struct engine *engine;
    struct dataset train, test;
    const char *name, *out;
    struct arena *arena, *step;
    struct tape *tape;
    struct classifier judge;
    double judge_seconds, seconds[SEEDS], score_of_test;
    double untrained[COLUMNS][SEEDS], trained[COLUMNS][SEEDS];
    size_t numbers;
};

/* train the judge */
static struct node *judge_loss(void *board, struct tape *tape,
                               const struct batch *batch)
{
    return classifier_loss(&((struct board *)board)->judge, tape, batch);
}

static void run_training(struct board *b, const struct training *training)
{
    struct error err;
    enum training_end end = training_run(training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(training, end, &err, b->name));
}

static void train_judge(struct board *b, struct arena *arena)
{
    b->judge = classifier_new(arena, b->test.height * b->test.width, 1);
    double start = clock_seconds();
    run_training(b, &(struct training){
        .engine = b->engine, .parameters = b->judge.parameters,
        .data = &b->train, .batch = 100, .epochs = EPOCHS, .seed = 1,
        .adam = classifier_adam, .rate = classifier_rate,
        .loss = judge_loss, .model = b});
    b->judge_seconds = clock_seconds() - start;
}

/* ask the judge */
struct verdict { double share[CLASSIFIER_CLASSES], certainty; };

static void judge_image(const real *logit, struct verdict *v)
{
    real most = logit[0], sum = 0;
    for (size_t c = 1; c < CLASSIFIER_CLASSES; c++)
        most = logit[c] > most ? logit[c] : most;
    for (size_t c = 0; c < CLASSIFIER_CLASSES; c++)
        sum += exp_real(logit[c] - most);
    for (size_t c = 0; c < CLASSIFIER_CLASSES; c++) {
        real log_p = logit[c] - most - log_real(sum);
        real p = exp_real(log_p);
        v->share[c] += (double)p;
        v->certainty += (double)(p * log_p);
    }
}
static double inception_score(const struct verdict *v, double images)
{
    double told = v->certainty / images;
    for (size_t c = 0; c < CLASSIFIER_CLASSES; c++) {
        real share = (real)(v->share[c] / images);
        if (share > 0)
            told -= (double)(share * log_real(share));
    }
    return (double)exp_real((real)told);
}
static double score_of(struct board *b, const struct dataset *images)
{
    struct verdict v = {{0}, 0};
    size_t pixels = images->height * images->width;
    for (size_t first = 0; first < images->count; first += ROWS) {
        size_t left = images->count - first, n = left < ROWS ? left : ROWS;
        struct dataset part = *images;
        part.pixels += first * pixels;
        tape_reset(b->tape);
        struct tensor x = tensor_new2(b->step, n, pixels);
        data_batch(engine_pool(b->engine), &part, NULL, n, x.data, NULL);
        const real *logit = classifier_logits(
            &b->judge, b->tape, tape_constant(b->tape, x))->value.data;
        for (size_t i = 0; i < n; i++)
            judge_image(logit + i * CLASSIFIER_CLASSES, &v);
    }
    tape_reset(b->tape);
    return inception_score(&v, (double)images->count);
}

/* probe the means of the codes */
static struct features means_of(struct board *b,
                                const struct dataset *data)
{
    const struct vae *vae = b->objective.vae;
    size_t latents = vae->sizes.latents;
    struct features f = {data->count, latents,
        arena_alloc(b->arena, data->count * latents, sizeof(real)),
        data->labels};
    for (size_t first = 0; first < data->count; first += ROWS) {
        size_t left = data->count - first, n = left < ROWS ? left : ROWS;
        tape_reset(b->tape);
        struct vae_trial t = vae_trial(b->engine, b->step, data,
                                       &vae->sizes, b->objective.seed,
                                       first, n);
        struct vae_code code = vae_encode(vae, b->tape,
                                          tape_constant(b->tape, t.x));
        memcpy(f.x + first * latents, code.mu->value.data,
               n * latents * sizeof(real));
    }
    tape_reset(b->tape);
    return f;
}

/* bound the cost of an image */
static double cost_with_fifty(struct board *b)
{
    struct iwae_plan plan = {&b->test, 0, EVERY, b->test.count / EVERY,
                             CODES, b->objective.seed};
    const size_t sizes[1] = {CODES};
    double bound;
    iwae_evaluate(b->objective.vae, b->tape, b->arena, &plan, 1, sizes,
                  &bound);
    return -bound;
}

/* draw and ask the judge */
static double score_of_draws(struct board *b)
{
    const struct vae_sizes *sizes = &b->objective.vae->sizes;
    struct tensor z = vae_prior_codes(b->engine, b->arena, DRAWS,
                                      sizes->latents, b->objective.seed);
    struct dataset draws = {
        .count = DRAWS, .height = b->test.height, .width = b->test.width,
        .pixels = arena_alloc(b->arena, DRAWS, sizes->pixels)};
    vae_draw(b->objective.vae, b->tape, z, draws.pixels);
    return score_of(b, &draws);
}

/* fill a row */
static void fill_row(struct board *b, size_t s,
                     double row[COLUMNS][SEEDS])
{
    size_t mark = arena_mark(b->arena);
    struct vae_score score = vae_score_new(
        b->arena, b->objective.vae->sizes.latents);
    vae_evaluate(b->objective.vae, b->tape, &b->test, b->objective.seed,
                 &score);
    row[SQUARED][s] = score.squared_error;
    row[NLL][s] = cost_with_fifty(b);
    row[SCORE][s] = score_of_draws(b);
    struct features train = means_of(b, &b->train);
    struct features test = means_of(b, &b->test);
    row[PROBE][s] = probe_error(b->engine, &train, &test);
    arena_release(b->arena, mark);
    printf("seed %zu: %.2f nats, squared error %.2f, draws %.2f, "
           "probe %.2f %%\n", s + 1, row[NLL][s], row[SQUARED][s],
           row[SCORE][s], row[PROBE][s]);
    fflush(stdout);
}

/* train the model between two rows */
static void begin(struct board *b, size_t s)
{
    struct vae_sizes sizes = {b->test.height * b->test.width, 200, 50};
    size_t features = (b->train.count + b->test.count) * sizes.latents;
    b->arena = arena_new(vae_arena_bytes(sizes) + iwae_bytes(sizes, CODES) +
                         features * sizeof(real) + ((size_t)8 << 20));
    b->step = arena_new(vae_trial_bytes(sizes));
    b->tape = tape_new(b->engine, b->step);
    b->objective = (struct vae_objective){vae_new(b->arena, sizes), s + 1};
    vae_initialise(b->objective.vae, s + 1,
                   vae_mean_image(b->arena, &b->train));
    b->numbers = parameters_numbers(b->objective.vae->parameters);
    if (s == 0)
        b->score_of_test = score_of(b, &b->test);
}
static void one_seed(struct board *b, size_t s)
{
    begin(b, s);
    fill_row(b, s, b->untrained);
    struct training training = vae_training(b->engine, &b->objective,
                                            &b->train, EPOCHS);
    double start = clock_seconds();
    run_training(b, &training);
    b->seconds[s] = clock_seconds() - start;
    fill_row(b, s, b->trained);
    arena_free(b->step);
    arena_free(b->arena);
}

/* score without a model */
static double error_of_mean(const struct board *b, const real *mean)
{
    size_t pixels = b->test.height * b->test.width;
    double squares = 0;
    for (size_t i = 0; i < b->test.count * pixels; i++) {
        double miss = (double)b->test.pixels[i] / 255 -
                      (double)mean[i % pixels];
        squares += miss * miss;
    }
    return squares / (double)b->test.count;
}
static double probe_pixels(struct board *b)
{
    size_t pixels = b->test.height * b->test.width;
    const struct dataset *set[2] = {&b->train, &b->test};
    struct features f[2];
    struct arena *arena = arena_new((set[0]->count + set[1]->count) *
                                    pixels * sizeof(real) + (1 << 20));
    for (size_t k = 0; k < 2; k++) {
        f[k] = (struct features){set[k]->count, pixels,
            arena_alloc(arena, set[k]->count * pixels, sizeof(real)),
            set[k]->labels};
        data_batch(engine_pool(b->engine), set[k], NULL, set[k]->count,
                   f[k].x, NULL);
    }
    double error = probe_error(b->engine, &f[0], &f[1]);
    arena_free(arena);
    return error;
}

/* write the scoreboard */
static void put_row(struct ledger *ledger, const char *row,
                    double x[COLUMNS][SEEDS])
{
    for (size_t k = 0; k < COLUMNS; k++) {
        char key[64];
        snprintf(key, sizeof key, "scoreboard.%s.%s", row,
                 column_is[k].name);
        ledger_put_seeds(ledger, key, SEEDS, x[k], column_is[k].unit);
    }
}

static struct ledger *board_ledger(const struct board *b, const char *file)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/%s", b->out, file);
    return ledger_open(path, PROGRAM, "mnist", "784-200-200-50 tanh, "
                       "10 epochs, batch 100, Adam 1e-3, seeds 1-3",
                       SOURCE_HASH);
}
static void write_board(struct board *b)
{
    struct error err;
    struct ledger *times = board_ledger(b, "scoreboard.times.tsv");
    for (size_t s = 0; s < SEEDS; s++)
        b->seconds[s] /= b->judge_seconds;
    ledger_put_seeds(times, "scoreboard.vae.time", SEEDS, b->seconds,
                     "trainings of the judge");
    struct ledger *ledger = board_ledger(b, "scoreboard.tsv");
    /* put the rows without a model */
    struct arena *arena = arena_new(1 << 20);
    real *mean = vae_mean_image(arena, &b->train);
    size_t pixels = b->test.height * b->test.width;
    ledger_put(ledger, "scoreboard.mean.parameters", (double)pixels, NAN, "");
    ledger_put(ledger, "scoreboard.mean.squared_error", error_of_mean(b, mean),
               NAN, "");
    ledger_put(ledger, "scoreboard.mean.nll",
               vae_independent_bill(arena, mean, &b->test), NAN, "nats");
    ledger_put(ledger, "scoreboard.pixels.draws", b->score_of_test, NAN, "");
    ledger_put(ledger, "scoreboard.pixels.probe", probe_pixels(b), NAN, "%");
    arena_free(arena);
    put_row(ledger, "untrained", b->untrained);
    ledger_put(ledger, "scoreboard.vae.parameters", (double)b->numbers,
               NAN, "");
    put_row(ledger, "vae", b->trained);
    if (!ledger_close(ledger, &err) || !ledger_close(times, &err))
        error_exit(b->name, &err);
}
int main(int argc, char **argv)
{
    static struct board b;
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Fills chapter 4's row of the scoreboard."};
    b.name = options_start(&program, &run, argc, argv);
    b.out = run.out;
    b.engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(b.engine), &b.train, &b.test,
                   &err))
        error_exit(b.name, &err);
    struct arena *judge = arena_new((size_t)32 << 20);
    train_judge(&b, judge);
    for (size_t s = 0; s < SEEDS; s++)
        one_seed(&b, s);
    write_board(&b);
    return program_end(b.name);
}
