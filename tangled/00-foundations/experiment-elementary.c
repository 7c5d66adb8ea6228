/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <stdio.h>
#include "00-foundations/elementary.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

/* measure a distance in ulp */
static double ulps(real got, double exact) {
    int exponent;
    if (!isfinite((float)exact) || !isfinite((double)got))
        return 0;
    frexp(exact, &exponent);
    double unit = ldexp(1, exponent < -125 ? -149 : exponent - 24);
    return fabs((double)got - exact) / unit;
}
/* find the worst argument */
static double worst(real (*ours)(real), double (*exact)(double)) {
    enum { STRIDE = 1009 };
    double most = 0;
    for (uint64_t i = 0; i <= UINT32_MAX; i += STRIDE) {
        uint32_t bits = (uint32_t)i;
        float x;
        memcpy(&x, &bits, sizeof x);
        double error = isnan(x) ? 0 : ulps(ours((real)x), exact((double)x));
        most = error > most ? error : most;
    }
    return most;
}

static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_softplus(double x) {
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}
/* write the table of errors */
static bool write_table(const char *out, struct error *err) {
    static const struct {
        const char *key; real (*ours)(real); double (*exact)(double);
    } row[] = {
        {"elementary.exp", exp_real, exp},
        {"elementary.expm1", expm1_real, expm1},
        {"elementary.log", log_real, log},
        {"elementary.log1p", log1p_real, log1p},
        {"elementary.tanh", tanh_real, tanh},
        {"elementary.sigmoid", sigmoid_real, exact_sigmoid},
        {"elementary.softplus", softplus_real, exact_softplus}};
    char path[512];
    snprintf(path, sizeof path, "%s/elementary.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-elementary.c",
                    "all floats", "every 1009th", SOURCE_HASH);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        ledger_put(ledger, row[i].key,
                   ceil(worst(row[i].ours, row[i].exact) * 100) / 100, NAN,
                   "ulp");
    return ledger_close(ledger, err);
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Compares the elementary functions with libm's."};
    const char *name = options_start(&program, &run, argc, argv);
    struct error err;
    if (!write_table(run.out, &err))
        error_exit(name, &err);
    return program_end(name);
}
