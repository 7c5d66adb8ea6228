/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: 300 epochs with one seed, and log p(x) by 5000 codes an image. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "04-vae/evaluate.h"
#include "04-vae/iwae.h"
#include "04-vae/train.h"
#include "workshop/checkpoint.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/progress.h"

enum { EPOCHS = 300, EVERY = 10, POINTS = EPOCHS / EVERY };
enum { CODES = 5000, FEW = 50, STRIDE = 10, PATH = 4096 };
enum column { K1, K50, WALL, PROCESSOR, COLUMNS };

static const char PROGRAM[] = "04-vae/record-burda.c";
static const char SETTINGS[] = "784-200-200-50 tanh, batch 100, Adam 2e-3 "
    "falling to 0, 300 epochs, seed 1";

/* lower the learning rate from step to step */
static real rate(void *record, uint64_t step, uint64_t steps)
{
    (void)record;
    return (real)2e-3 * (real)(steps - step) / (real)steps;
}

/* gather what a record needs */
struct record {
    struct vae_objective objective; /* first: vae_loss casts to it */
    struct engine *engine;
    struct dataset train, test;
    struct arena *arena, *step;
    struct tape *tape;              /* for scores */
    struct progress *progress;
    struct history {                /* goes into the checkpoint */
        double seconds, processor;  /* of training, so far */
        double point[POINTS][COLUMNS];
    } history;
    double wall_then, processor_then;   /* when training went on */
    const char *name, *out;
};

static const char *in_folder(const struct record *r, const char *file,
                             char path[PATH])
{
    snprintf(path, PATH, "%s/%s", r->out, file);
    return path;
}

/* keep the time of training alone */
static double processor_seconds(void)
{
    return (double)clock() / (double)CLOCKS_PER_SEC;
}

static void go_on_counting(struct record *r)
{
    r->wall_then = clock_seconds();
    r->processor_then = processor_seconds();
}

static void count_time(struct record *r)
{
    r->history.seconds += clock_seconds() - r->wall_then;
    r->history.processor += processor_seconds() - r->processor_then;
    go_on_counting(r);
}

/* watch the record being made */
static void keep_score(struct record *r, size_t point)
{
    double *p = r->history.point[point];
    const struct iwae_plan plan = {
        .data = &r->test, .first = 0, .stride = STRIDE, .codes = FEW,
        .images = r->test.count / STRIDE, .seed = r->objective.seed};
    iwae_evaluate(r->objective.vae, r->tape, r->arena, &plan, 2,
                  (const size_t[]){1, FEW}, p);
    p[WALL] = r->history.seconds;
    p[PROCESSOR] = r->history.processor;
    progress_note(r->progress, "  epoch %3zu, %4.0f s: %.2f nats with 1 "
                  "code, %.2f with %d", (point + 1) * EVERY, p[WALL],
                  -p[K1], -p[K50], FEW);
}

static void watch(void *record, const struct moment *moment)
{
    struct record *r = record;
    count_time(r);
    progress_step(r->progress, moment->step, moment->recent);
    if (moment->epoch_ends && (moment->epoch + 1) % EVERY == 0)
        keep_score(r, moment->epoch / EVERY);
    go_on_counting(r);
}

/* write down the record */
/* put the bounds of some images */
enum { SIZES = 5 };
static const size_t sizes[SIZES] = {1, 5, 50, 500, CODES};

static void put_bounds(struct ledger *ledger, const char *images,
                       const double bound[SIZES])
{
    char key[64];
    for (size_t i = 0; i < SIZES; i++) {
        snprintf(key, sizeof key, "vae.bounds.%s.k%zu", images, sizes[i]);
        ledger_put(ledger, key, -bound[i], NAN, "nats");
    }
}

/* few: of a thousand images; all: of all, or NULL */
static void write_ledger(struct record *r, const double few[SIZES],
                         const double all[SIZES])
{
    char path[PATH];
    struct vae_score score = vae_score_new(r->arena,
                                           r->objective.vae->sizes.latents);
    vae_evaluate(r->objective.vae, r->tape, &r->test, r->objective.seed,
                 &score);
    struct ledger *ledger = ledger_open(in_folder(r, "burda.tsv", path),
                                        PROGRAM, "mnist", SETTINGS,
                                        SOURCE_HASH);
    put_bounds(ledger, "record", few);
    if (all)
        put_bounds(ledger, "record_all", all);
    ledger_put(ledger, "vae.record.elbo", score.total, NAN, "nats");
    ledger_put(ledger, "vae.record.pixels", score.pixels, NAN, "nats");
    ledger_put(ledger, "vae.record.kl", score.price, NAN, "nats");
    ledger_put(ledger, "vae.record.active", (double)score.active, NAN, "");
    ledger_put(ledger, "vae.record.epochs", EPOCHS, NAN, "");
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(r->name, &err);
}

/* estimate the evidence of all test images */
static void estimate(struct record *r, size_t pass, double bound[SIZES])
{
    const struct iwae_plan plan = {
        .data = &r->test, .first = pass, .stride = STRIDE, .codes = CODES,
        .images = r->test.count / STRIDE, .seed = r->objective.seed};
    iwae_evaluate(r->objective.vae, r->tape, r->arena, &plan, SIZES, sizes,
                  bound);
    printf("  images %zu, %zu, ...: %.3f nats with %d codes\n", pass,
           pass + STRIDE, -bound[SIZES - 1], CODES);
    fflush(stdout);
}

static void estimate_all(struct record *r)
{
    double bound[STRIDE][SIZES], all[SIZES] = {0};
    for (size_t pass = 0; pass < STRIDE; pass++) {
        estimate(r, pass, bound[pass]);
        for (size_t i = 0; i < SIZES; i++)
            all[i] += bound[pass][i] / STRIDE;
        if (pass == 0)
            write_ledger(r, bound[0], NULL);
    }
    write_ledger(r, bound[0], all);
}

/* write down its times */
/* write the curve of the record */
static void write_curve(const struct record *r)
{
    char path[PATH];
    struct error err;
    struct series *curve = series_open(in_folder(r, "burda-curve.dat",
                                                 path), "epoch k1 k50");
    for (size_t i = 0; i < POINTS; i++)
        series_put(curve, (double[]){(double)((i + 1) * EVERY),
                                     -r->history.point[i][K1],
                                     -r->history.point[i][K50]});
    if (!series_close(curve, &err))
        error_exit(r->name, &err);
}

/* write the times of the record */
static void write_times(const struct record *r)
{
    char path[PATH];
    struct error err;
    struct ledger *ledger = ledger_open(in_folder(r, "burda.times.tsv",
                                                  path),
                                        PROGRAM, "mnist", SETTINGS,
                                        SOURCE_HASH);
    double processors = (double)engine_threads(r->engine);
    double half_hour = 30 * 60;
    ledger_put(ledger, "vae.record.time.wall",
               r->history.seconds / half_hour, NAN, "half an hour");
    ledger_put(ledger, "vae.record.time.processor",
               r->history.processor / processors / half_hour, NAN,
               "half an hour");
    ledger_put(ledger, "vae.record.time.threads", processors, NAN, "");
    if (!ledger_close(ledger, &err))
        error_exit(r->name, &err);
}

/* make the record */
/* train for the record */
static void train(struct record *r)
{
    char path[PATH];
    struct error err;
    struct training t = vae_training(r->engine, &r->objective, &r->train,
                                     EPOCHS);
    t.rate = rate;
    t.checkpoint = in_folder(r, "burda.safetensors", path);
    t.go_on = true;
    t.settings = PROGRAM;
    t.history = &r->history.seconds;
    t.history_count = sizeof r->history / sizeof(double);
    t.watch = watch;
    t.model = r;
    r->progress = progress_new(stdout, "record", "steps", EPOCHS *
                               (r->train.count / t.batch));
    go_on_counting(r);
    enum training_end end = training_run(&t, &err);
    progress_end(r->progress);
    int status = training_report(&t, end, &err, r->name);
    if (status != 0)
        exit(status);
}

/* begin a record */
static void begin(struct record *r)
{
    struct vae_sizes s = {r->test.height * r->test.width, 200, 50};
    r->arena = arena_new(vae_arena_bytes(s) + iwae_bytes(s, CODES) +
                         (1 << 20));
    r->step = arena_new(vae_trial_bytes(s));
    r->tape = tape_new(r->engine, r->step);
    r->objective = (struct vae_objective){vae_new(r->arena, s), 1};
    vae_initialise(r->objective.vae, r->objective.seed,
                   vae_mean_image(r->arena, &r->train));
}

int main(int argc, char **argv)
{
    static struct record record;
    struct record *r = &record;
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains chapter 4's network on MNIST until its test "
                   "images cost 88 nats, beside the 86.76 of Burda and "
                   "others."};
    r->name = options_start(&program, &run, argc, argv);
    r->out = run.out;
    r->engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(r->engine), &r->train, &r->test,
                   &err))
        error_exit(r->name, &err);
    begin(r);
    train(r);
    write_curve(r);
    write_times(r);
    estimate_all(r);
    return program_end(r->name);
}
