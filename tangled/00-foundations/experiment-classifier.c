/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <math.h>
#include <stdio.h>
#include "00-foundations/classifier.h"
#include "00-foundations/digits.h"
#include "workshop/ledger.h"

enum { SEEDS = 3, EPOCHS = 10, BATCH = 100 };

/* keep the errors of a run */
struct experiment {
    struct classifier net;
    struct engine *engine;
    struct dataset train, test;
    double wrong[EPOCHS];           /* percent of the test set, by epoch */
    size_t numbers;                 /* parameters of the network */
};

static struct node *loss(void *model, struct tape *tape,
                         const struct batch *batch) {
    return classifier_loss(&((struct experiment *)model)->net, tape, batch);
}

static void watch(void *model, const struct moment *m) {
    struct experiment *e = model;
    if (!m->epoch_ends)
        return;
    size_t errors =
        classifier_errors(&e->net, e->engine, &e->test, 0, NULL);
    e->wrong[m->epoch] = 100.0 * (double)errors / (double)e->test.count;
    printf("epoch %zu: loss %.4f, %.2f %% wrong\n", m->epoch + 1, m->recent,
           e->wrong[m->epoch]);
}
/* train with one seed */
static bool run_seed(struct experiment *e, uint64_t seed, const char *out,
                     struct error *err) {
    char checkpoint[512];
    struct arena *arena = arena_new((size_t)1 << 28);
    e->net = classifier_new(arena, e->train.height * e->train.width, seed);
    e->numbers = parameters_numbers(e->net.parameters);
    snprintf(checkpoint, sizeof checkpoint, "%s/classifier-%d.safetensors",
             out, (int)seed);
    struct training training = {
        .engine = e->engine, .parameters = e->net.parameters,
        .data = &e->train, .batch = BATCH, .epochs = EPOCHS, .seed = seed,
        .adam = classifier_adam, .rate = classifier_rate, .loss = loss,
        .watch = watch, .model = e, .checkpoint = checkpoint,
        .go_on = true, .settings = "experiment-classifier",
        .history = e->wrong, .history_count = EPOCHS};
    printf("seed %d\n", (int)seed);
    enum training_end end = training_run(&training, err);
    arena_free(arena);
    return end == TRAINING_DONE ? true :
        end == TRAINING_FAILED ? false :
        error_set(err, "stopped; the same command goes on");
}
/* write errors and curves */
static bool write_curves(const char *out, double wrong[SEEDS][EPOCHS],
                         struct error *err) {
    char path[512];
    snprintf(path, sizeof path, "%s/classifier.dat", out);
    struct series *series = series_open(path, "epoch seed1 seed2 seed3");
    for (size_t e = 0; e < EPOCHS; e++) {
        double row[1 + SEEDS] = {(double)e + 1};
        for (size_t s = 0; s < SEEDS; s++)
            row[1 + s] = wrong[s][e];
        series_put(series, row);
    }
    return series_close(series, err);
}
static bool write_ledger(const char *out, double wrong[SEEDS][EPOCHS],
                         const struct experiment *e, struct error *err) {
    char path[512];
    double first[SEEDS], last[SEEDS];
    for (size_t s = 0; s < SEEDS; s++) {
        first[s] = wrong[s][0];
        last[s] = wrong[s][EPOCHS - 1];
    }
    snprintf(path, sizeof path, "%s/classifier.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-classifier.c",
                    "digits", "256 units, 10 epochs, 3 seeds", SOURCE_HASH);
    ledger_put_seeds(ledger, "classifier.error1", SEEDS, first, "%");
    ledger_put_seeds(ledger, "classifier.error10", SEEDS, last, "%");
    ledger_put(ledger, "classifier.parameters",
               (double)e->numbers, NAN, "");
    return ledger_close(ledger, err);
}
static bool measure(struct engine *engine, const char *out,
                    struct error *err) {
    struct experiment e = {.engine = engine};
    double wrong[SEEDS][EPOCHS];
    bool ok = data_load("digits", engine_pool(engine), &e.train, &e.test,
                        err);
    for (size_t s = 0; ok && s < SEEDS; s++) {
        ok = run_seed(&e, s + 1, out, err);
        for (size_t i = 0; i < EPOCHS; i++)
            wrong[s][i] = e.wrong[i];
    }
    ok = ok && write_curves(out, wrong, err) &&
         write_ledger(out, wrong, &e, err);
    for (int s = 1; ok && s <= SEEDS; s++) {
        char checkpoint[512];
        snprintf(checkpoint, sizeof checkpoint,
                 "%s/classifier-%d.safetensors", out, s);
        remove(checkpoint);
    }
    dataset_free(&e.train);
    dataset_free(&e.test);
    return ok;
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Trains the digit classifier with three seeds."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure(engine, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
