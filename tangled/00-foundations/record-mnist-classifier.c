/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <stdio.h>
#include "00-foundations/classifier.h"
#include "workshop/ledger.h"

enum { SEEDS = 3, EPOCHS = 20, BATCH = 100 };

/* train on MNIST with one seed */
static bool error_of_seed(struct engine *engine,
                          const struct dataset *train,
                          const struct dataset *test, uint64_t seed,
                          double *percent, struct error *err) {
    struct arena *arena = arena_new((size_t)1 << 28);
    struct classifier net =
        classifier_new(arena, train->height * train->width, seed);
    enum training_end end = training_run(&(struct training){
        .engine = engine, .parameters = net.parameters, .data = train,
        .batch = BATCH, .epochs = EPOCHS, .seed = seed, .model = &net,
        .adam = classifier_adam, .rate = classifier_rate,
        .loss = classifier_loss}, err);
    size_t errors = classifier_errors(&net, engine, test, 0, NULL);
    *percent = 100.0 * (double)errors / (double)test->count;
    arena_free(arena);
    return end == TRAINING_STOPPED ? error_set(err, "stopped") :
           end == TRAINING_DONE;
}
/* put the errors on MNIST into a ledger */
static bool measure(struct engine *engine, const char *data,
                    const char *out, struct error *err) {
    struct dataset train, test;
    double percent[SEEDS] = {0};
    char path[4096];
    if (!data_load(data, engine_pool(engine), &train, &test, err))
        return false;
    bool ok = true;
    for (size_t s = 0; ok && s < SEEDS; s++)
        ok = error_of_seed(engine, &train, &test, s + 1, &percent[s], err);
    snprintf(path, sizeof path, "%s/mnist-classifier.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/record-mnist-classifier.c",
                    "mnist", "256 units, 20 epochs, 3 seeds", SOURCE_HASH);
    ledger_put_seeds(ledger, "mnist.classifier.error", SEEDS, percent, "%");
    ok = ledger_close(ledger, ok ? err : NULL) && ok;
    dataset_free(&train);
    dataset_free(&test);
    return ok;
}

int main(int argc, char **argv) {
    struct run_options run = {.data = "mnist",
                              .out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Trains the digit classifier on MNIST, three seeds."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure(engine, run.data, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
