/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: forty epochs, five seeds, and the bounds by importance weights. */
#include <stdio.h>
#include <stdlib.h>

#include "04-vae/evaluate.h"
#include "04-vae/iwae.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/progress.h"

enum { SEEDS = 5, EPOCHS = 40, STRIDE = 10, FEW = 50, CODES = 5000 };
enum { PATH = 4096 };
enum column { BILL, PIXELS, PRICE, ACTIVE, K1, K5, K50, COLUMNS };

static const char PROGRAM[] = "04-vae/experiment-book-run.c";
static const size_t sizes[] = {1, 5, FEW, 500, CODES};
enum { FEW_SIZES = 3, SIZES = sizeof sizes / sizeof sizes[0] };

/* lower the learning rate in stages */
static real rate(void *run, uint64_t step, uint64_t steps)
{
    (void)run;
    bool high = 2 * step < steps, middle = 5 * step < 4 * steps;
    return (real)(high ? 1e-3 : middle ? 3e-4 : 1e-4);
}

/* gather what the book run needs */
struct book_run {
    struct vae_objective objective; /* first: vae_loss casts to it */
    struct engine *engine;
    const struct dataset *train, *test;
    struct arena *arena, *step;
    struct tape *tape;              /* for scores */
    struct vae_score score;
    struct progress *progress;
    double row[EPOCHS][COLUMNS];
    double bound[SIZES];            /* after the last epoch */
    const char *name, *out;
};

static const char *in_folder(const struct book_run *b, const char *file,
                             char path[PATH])
{
    snprintf(path, PATH, "%s/%s", b->out, file);
    return path;
}

static void take_bounds(struct book_run *b, size_t codes, size_t count,
                        double bound[])
{
    const struct iwae_plan plan = {
        .data = b->test, .stride = STRIDE, .codes = codes,
        .images = b->test->count / STRIDE, .seed = b->objective.seed};
    iwae_evaluate(b->objective.vae, b->tape, b->arena, &plan, count, sizes,
                  bound);
}

/* score an epoch of the book run */
static bool is_reported(size_t epochs)
{
    return epochs == 1 || epochs == 5 || epochs == 10 || epochs == EPOCHS;
}

static void watch(void *run, const struct moment *moment)
{
    struct book_run *b = run;
    progress_step(b->progress, moment->step, moment->recent);
    if (!moment->epoch_ends)
        return;
    double *row = b->row[moment->epoch];
    vae_evaluate(b->objective.vae, b->tape, b->test, b->objective.seed,
                 &b->score);
    row[BILL] = b->score.total;
    row[PIXELS] = b->score.pixels;
    row[PRICE] = b->score.price;
    row[ACTIVE] = (double)b->score.active;
    if (!is_reported(moment->epoch + 1))
        return;
    double bound[FEW_SIZES];
    take_bounds(b, FEW, FEW_SIZES, bound);
    for (size_t i = 0; i < FEW_SIZES; i++)
        row[K1 + i] = -bound[i];
    progress_note(b->progress, "  seed %llu, epoch %2zu: %.2f nats, with "
                  "%d codes %.2f", (unsigned long long)b->objective.seed,
                  moment->epoch + 1, row[BILL], FEW, row[K50]);
}

/* train one seed of the book run */
/* begin a seed of the book run */
static void begin(struct book_run *b)
{
    struct vae_sizes s = {b->test->height * b->test->width, 200, 50};
    b->arena = arena_new(vae_arena_bytes(s) + iwae_bytes(s, CODES) +
                         (1 << 20));
    b->step = arena_new(vae_trial_bytes(s));
    b->tape = tape_new(b->engine, b->step);
    b->score = vae_score_new(b->arena, s.latents);
    b->objective.vae = vae_new(b->arena, s);
    vae_initialise(b->objective.vae, b->objective.seed,
                   vae_mean_image(b->arena, b->train));
}

static void train(struct book_run *b)
{
    char path[PATH];
    struct error err;
    struct training t = vae_training(b->engine, &b->objective, b->train,
                                     EPOCHS);
    t.rate = rate;
    t.checkpoint = path;
    snprintf(path, sizeof path, "%s/book-run-%d.safetensors", b->out,
             (int)b->objective.seed);
    t.go_on = true;
    t.settings = PROGRAM;
    t.history = &b->row[0][0];
    t.history_count = EPOCHS * COLUMNS;
    t.watch = watch;
    t.model = b;
    b->progress = progress_new(stdout, "book run", "steps", EPOCHS *
                               (b->train->count / t.batch));
    enum training_end end = training_run(&t, &err);
    progress_end(b->progress);
    int status = training_report(&t, end, &err, b->name);
    if (status != 0)
        exit(status);
    take_bounds(b, CODES, SIZES, b->bound);
}

/* write down the book run */
/* put the numbers of an epoch */
static void put_epoch(struct ledger *ledger, const struct book_run b[SEEDS],
                      size_t epochs)
{
    static const char *const name[COLUMNS] = {
        [BILL] = "elbo", [PIXELS] = "pixels", [PRICE] = "kl",
        [ACTIVE] = "active", [K1] = "k1", [K5] = "k5", [K50] = "k50"};
    for (size_t c = 0; c < COLUMNS; c++) {
        char key[64];
        double x[SEEDS];
        for (size_t s = 0; s < SEEDS; s++)
            x[s] = b[s].row[epochs - 1][c];
        snprintf(key, sizeof key, "vae.book.epoch%zu.%s", epochs, name[c]);
        ledger_put_seeds(ledger, key, SEEDS, x, c == ACTIVE ? "" : "nats");
    }
}

/* put the bounds of the book run */
static void put_bounds(struct ledger *ledger,
                       const struct book_run b[SEEDS])
{
    for (size_t i = 0; i < SIZES; i++) {
        char key[64];
        double x[SEEDS];
        for (size_t s = 0; s < SEEDS; s++)
            x[s] = -b[s].bound[i];
        snprintf(key, sizeof key, "vae.bounds.book.k%zu", sizes[i]);
        ledger_put_seeds(ledger, key, SEEDS, x, "nats");
    }
}

/* write the ledger and the curve of the book run */
static void write_results(const struct book_run b[SEEDS])
{
    char path[PATH];
    struct error err;
    struct ledger *ledger = ledger_open(
        in_folder(b, "book-run.tsv", path), PROGRAM, "mnist",
        "784-200-200-50 tanh, batch 100, Adam 1e-3/3e-4/1e-4, seeds 1-5",
        SOURCE_HASH);
    for (size_t epochs = 1; epochs <= EPOCHS; epochs++)
        if (is_reported(epochs))
            put_epoch(ledger, b, epochs);
    put_bounds(ledger, b);
    if (!ledger_close(ledger, &err))
        error_exit(b->name, &err);
    struct series *curve = series_open(
        in_folder(b, "book-run-curve.dat", path), "epoch bill price");
    for (size_t e = 0; e < EPOCHS; e++) {
        double bill = 0, price = 0;
        for (size_t s = 0; s < SEEDS; s++) {
            bill += b[s].row[e][BILL] / SEEDS;
            price += b[s].row[e][PRICE] / SEEDS;
        }
        series_put(curve, (double[]){(double)(e + 1), bill, price});
    }
    if (!series_close(curve, &err))
        error_exit(b->name, &err);
}

/* train every seed of the book run */
int main(int argc, char **argv)
{
    static struct book_run run_of[SEEDS];
    static struct dataset train_set, test_set;
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains chapter 4's network for forty epochs with five "
                   "seeds."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(engine), &train_set, &test_set,
                   &err))
        error_exit(name, &err);
    for (size_t s = 0; s < SEEDS; s++) {
        struct book_run *b = &run_of[s];
        *b = (struct book_run){.engine = engine, .train = &train_set,
                               .test = &test_set, .name = name,
                               .out = run.out};
        b->objective.seed = s + 1;
        begin(b);
        train(b);
        arena_free(b->step);
        arena_free(b->arena);
    }
    write_results(run_of);
    return program_end(name);
}
