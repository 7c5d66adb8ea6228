/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <stdio.h>
#include "00-foundations/hardness.h"
#include "workshop/options.h"

static bool measure_mnist(struct engine *engine, const char *data,
                          const char *out, struct error *err) {
    struct dataset train, test;
    if (!data_load(data, engine_pool(engine), &train, &test, err))
        return false;
    char path[4096];
    snprintf(path, sizeof path, "%s/mnist-hardness.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/record-mnist-hardness.c", "mnist",
                    "60000/10000", SOURCE_HASH);
    bool ok = hardness_measure(engine, "mnist", &train, &test, ledger, err);
    ok = ledger_close(ledger, ok ? err : NULL) && ok;
    dataset_free(&train);
    dataset_free(&test);
    return ok;
}

/* run the measurement on MNIST */
int main(int argc, char **argv) {
    struct run_options run = {.data = "mnist",
                              .out = "figures/00-foundations"};
    const char *name = options_start(
        &(struct program){.purpose = "Measures how hard MNIST is."},
        &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure_mnist(engine, run.data, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
