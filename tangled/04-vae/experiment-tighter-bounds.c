/* From chapters/04-vae.nw (edit that, then make tangle) */
/* The bounds with many codes on two pixels, by enumeration; replayed by
   make check. */
#include <math.h>
#include <stdio.h>

#include "04-vae/iwae.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { PATH = 4096, MOST = 50 };

static const struct guess { const char *name; real q; } guess[] = {
    {"good", (real)0.75}, {"fair", (real)0.5}, {"sure", (real)0.999},
    {"posterior", (real)0.9},
};
enum { GUESSES = sizeof guess / sizeof guess[0] };

/* write the bounds as curves */
static bool write_curves(const struct two_codes *model, const char *out,
                         struct error *err)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/tighter-bounds.dat", out);
    struct series *curves = series_open(path, "codes good fair sure "
                                        "posterior");
    for (size_t codes = 1; codes <= MOST; codes++) {
        double row[1 + GUESSES] = {(double)codes};
        for (size_t g = 0; g < GUESSES; g++)
            row[1 + g] = two_codes_bound_by_weights(model, guess[g].q,
                                                    codes);
        series_put(curves, row);
    }
    return series_close(curves, err);
}

/* write the bounds of the example */
static bool write_bounds(const struct two_codes *model, const char *out,
                         struct error *err)
{
    static const size_t sizes[] = {1, 2, 5, MOST};
    char path[PATH], key[64];
    snprintf(path, sizeof path, "%s/tighter-bounds.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-tighter-bounds.c", "none", "exact",
        SOURCE_HASH);
    for (size_t g = 0; g < GUESSES; g++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            double bound = two_codes_bound_by_weights(model, guess[g].q,
                                                      sizes[i]);
            snprintf(key, sizeof key, "vae.weights.%s.k%zu",
                     guess[g].name, sizes[i]);
            ledger_put(ledger, key, -bound, NAN, "nats");
        }
    return ledger_close(ledger, err);
}

int main(int argc, char **argv)
{
    struct run_options run = {.out = "figures/04-vae"};
    struct program program = {
        .purpose = "Enumerates the bounds with many codes on two pixels."};
    const char *name = options_start(&program, &run, argc, argv);
    struct two_codes model = two_codes_example();
    struct error err;
    if (!write_curves(&model, run.out, &err) ||
        !write_bounds(&model, run.out, &err))
        error_exit(name, &err);
    return program_end(name);
}
