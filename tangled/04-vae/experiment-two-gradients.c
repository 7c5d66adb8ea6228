/* From chapters/04-vae.nw (edit that, then make tangle) */
/* The variance of two estimates of a gradient; replayed by make check. */
#include <math.h>
#include <stdio.h>

#include "00-foundations/rng.h"
#include "04-vae/two-gradients.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { DRAWS = 100000, LARGEST = 256, PATH = 4096 };
enum way { BY_PATH, BY_SCORE, WITH_BASELINE, WAYS };

/* draw estimates and take their moments */
struct estimates { double mean[WAYS], variance[WAYS]; };

static struct estimates estimate(const struct squares *s, uint64_t seed)
{
    struct rng_stream noise = {.seed = seed, .purpose = RNG_NOISE,
                               .step = (uint32_t)s->dimensions};
    struct estimates e = {{0}, {0}};
    double eps[LARGEST], baseline = squares_mean(s);
    for (uint32_t k = 0; k < DRAWS; k++) {
        for (uint32_t j = 0; j < s->dimensions; j++)
            eps[j] = (double)rng_normal(noise, k, j);
        const double g[WAYS] = {squares_by_path(s, eps),
                                squares_by_score(s, eps, 0),
                                squares_by_score(s, eps, baseline)};
        for (int way = 0; way < WAYS; way++) {
            e.mean[way] += g[way] / DRAWS;
            e.variance[way] += g[way] * g[way] / DRAWS;
        }
    }
    for (int way = 0; way < WAYS; way++)
        e.variance[way] -= e.mean[way] * e.mean[way];
    return e;
}

/* write the variances of every dimension */
static void put(struct ledger *ledger, const struct estimates *one,
                const struct estimates *many)
{
    ledger_put(ledger, "vae.gradients.path1", one->variance[BY_PATH], NAN,
               "");
    ledger_put(ledger, "vae.gradients.score1", one->variance[BY_SCORE], NAN,
               "");
    ledger_put(ledger, "vae.gradients.baseline1",
               one->variance[WITH_BASELINE], NAN, "");
    double path = many->variance[BY_PATH];
    ledger_put(ledger, "vae.gradients.score_cost64",
               many->variance[BY_SCORE] / path, NAN, "");
    ledger_put(ledger, "vae.gradients.baseline_cost64",
               many->variance[WITH_BASELINE] / path, NAN, "");
}
static bool measure_all(const char *out, uint64_t seed, struct error *err)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/two-gradients.dat", out);
    struct series *curve = series_open(
        path, "dimensions path score baseline");
    struct estimates one = {{0}, {0}}, many = one;
    for (size_t d = 1; d <= LARGEST; d *= 2) {
        struct squares s = {d, 1, 1};
        struct estimates e = estimate(&s, seed);
        series_put(curve, (double[]){(double)d, e.variance[BY_PATH],
                                     e.variance[BY_SCORE],
                                     e.variance[WITH_BASELINE]});
        one = d == 1 ? e : one;
        many = d == 64 ? e : many;
    }
    snprintf(path, sizeof path, "%s/two-gradients.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-two-gradients.c", "none",
        "100000 draws, mu = sigma = 1", SOURCE_HASH);
    put(ledger, &one, &many);
    bool curve_written = series_close(curve, err);
    return ledger_close(ledger, err) && curve_written;
}

int main(int argc, char **argv)
{
    struct run_options run = {.seed = 1, .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Measures the variance of two gradients."};
    const char *name = options_start(&program, &run, argc, argv);
    struct error err;
    if (!measure_all(run.out, run.seed, &err))
        error_exit(name, &err);
    return program_end(name);
}
