/* From chapters/04-vae.nw (edit that, then make tangle) */
/* The example of two pixels in numbers; replayed by make check. */
#include <math.h>
#include <stdio.h>

#include "00-foundations/elementary.h"
#include "04-vae/two-pixels.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { PATH = 4096 };

/* follow the bound over all guesses */
static bool write_curve(const struct two_codes *model, const char *out,
                        struct error *err)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/two-pixels.dat", out);
    struct series *curve = series_open(path, "guess bound evidence");
    double evidence = (double)two_codes_log_evidence(model);
    for (int i = 2; i < 200; i++) {
        real q = (real)i / 200;
        double bound = (double)two_codes_bound_by_jensen(model, q);
        series_put(curve, (double[]){(double)q, bound, evidence});
    }
    return series_close(curve, err);
}

/* write down the numbers of the examples */
static bool write_ledger(const struct two_codes *m, const char *out,
                         struct error *err)
{
    char path[PATH];
    const real q = (real)0.75;
    real posterior = two_codes_posterior(m);
    real rebuilding = -(1 - q) * log_real(m->likelihood[0]) -
                      q * log_real(m->likelihood[1]);
    snprintf(path, sizeof path, "%s/two-pixels.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-two-pixels.c", "none", "exact",
        SOURCE_HASH);
    ledger_put(ledger, "vae.two_pixels.nll",
               -(double)two_codes_log_evidence(m), NAN, "nats");
    ledger_put(ledger, "vae.two_pixels.posterior", (double)posterior, NAN,
               "");
    ledger_put(ledger, "vae.two_pixels.jensen",
               -(double)two_codes_bound_by_jensen(m, q), NAN, "nats");
    ledger_put(ledger, "vae.two_pixels.gap",
               (double)two_codes_kl(q, posterior), NAN, "nats");
    ledger_put(ledger, "vae.two_pixels.rebuilding", (double)rebuilding, NAN,
               "nats");
    ledger_put(ledger, "vae.two_pixels.code",
               (double)two_codes_kl(q, m->prior[1]), NAN, "nats");
    return ledger_close(ledger, err);
}

int main(int argc, char **argv)
{
    struct run_options run = {.out = "figures/04-vae"};
    struct program program = {
        .purpose = "Works out the example of two pixels."};
    const char *name = options_start(&program, &run, argc, argv);
    struct two_codes model = two_codes_example();
    struct error err;
    if (!write_curve(&model, run.out, &err) ||
        !write_ledger(&model, run.out, &err))
        error_exit(name, &err);
    return program_end(name);
}
