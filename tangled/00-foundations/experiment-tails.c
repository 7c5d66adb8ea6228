/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <math.h>
#include <stdio.h>
#include "00-foundations/kernels.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { ROWS = 4000, COLS = 1000, TERMS = 12, POINTS = 25 };

/* count what lies beyond each threshold */
static double threshold(size_t i) { return (double)i / 4; }

struct tail { double beyond[POINTS], largest; };

static void count(struct tail *tail, double size) {
    for (size_t i = 0; i < POINTS && size > threshold(i); i++)
        tail->beyond[i]++;
    tail->largest = fmax(tail->largest, size);
}
/* draw deviates in two ways */
static void draw(struct engine *engine, struct tail *normal,
                 struct tail *twelve) {
    static real z[COLS], u[COLS * TERMS];
    for (uint32_t r = 0; r < ROWS; r++) {
        struct rng_stream s = {1, RNG_TEST, 0, r};
        kernel_normal(engine, s, 1, COLS, z);
        s.step = 1;
        kernel_uniform(engine, s, 1, COLS * TERMS, u);
        for (size_t c = 0; c < COLS; c++) {
            double sum = -TERMS / 2;
            for (size_t i = 0; i < TERMS; i++)
                sum += (double)u[c * TERMS + i];
            count(normal, fabs((double)z[c]));
            count(twelve, fabs(sum));
        }
    }
}
/* write the tails */
static double exact(size_t i) { return erfc(threshold(i) / sqrt(2)); }

static double worst(const struct tail *tail, double n) {
    double most = 0;
    for (size_t i = 1; i < POINTS && n * exact(i) >= 100; i++) {
        double error = sqrt(n * exact(i) * (1 - exact(i)));
        most = fmax(most, fabs(tail->beyond[i] - n * exact(i)) / error);
    }
    return most;
}

static bool write_curves(const struct tail *normal,
                         const struct tail *twelve, double n,
                         const char *out, struct error *err) {
    char path[512];
    snprintf(path, sizeof path, "%s/tails.dat", out);
    struct series *series = series_open(path, "t exact normal twelve");
    for (size_t i = 0; i < POINTS; i++)
        series_put(series, (double[]){threshold(i), exact(i),
                               normal->beyond[i] / n,
                               twelve->beyond[i] / n});
    return series_close(series, err);
}
static bool measure(struct engine *engine, const char *out,
                    struct error *err) {
    enum { AT_FOUR = 16 };
    struct tail normal = {.largest = 0}, twelve = {.largest = 0};
    const double n = (double)ROWS * COLS;
    char path[512];
    draw(engine, &normal, &twelve);
    snprintf(path, sizeof path, "%s/tails.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-tails.c", "",
                    "4,000,000 deviates", SOURCE_HASH);
    ledger_put(ledger, "tails.normal.worst", worst(&normal, n), NAN,
               "standard errors");
    const double four[] = {normal.beyond[AT_FOUR], twelve.beyond[AT_FOUR]};
    ledger_put(ledger, "tails.normal.four", four[0], NAN, "");
    ledger_put(ledger, "tails.twelve.four", four[1], NAN, "");
    ledger_put(ledger, "tails.exact.four", n * exact(AT_FOUR), NAN, "");
    ledger_put(ledger, "tails.normal.largest", normal.largest, NAN, "");
    ledger_put(ledger, "tails.twelve.largest", twelve.largest, NAN, "");
    return ledger_close(ledger, err) &&
           write_curves(&normal, &twelve, n, out, err);
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Counts normal deviates in the tails."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure(engine, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
