/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* replayed by make check */
#include <stdio.h>
#include "00-foundations/digits.h"
#include "00-foundations/hardness.h"
#include "00-foundations/pen.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { CLASSES = 10, EACH = 10, STEPS = 9 };

/* make a page of a hundred digits */
static bool write_page(const struct dataset *data, const char *path,
                       struct error *err) {
    uint8_t page[CLASSES * EACH * PEN_SIDE * PEN_SIDE];
    size_t have[CLASSES] = {0};
    for (size_t i = 0; i < data->count; i++) {
        size_t label = data->labels[i];
        if (have[label] == EACH)
            continue;
        const uint8_t *from = data->pixels + i * PEN_SIDE * PEN_SIDE;
        uint8_t *to = page + (label * EACH + have[label]++) * PEN_SIDE *
                                 PEN_SIDE;
        for (size_t j = 0; j < PEN_SIDE * PEN_SIDE; j++)
            to[j] = (uint8_t)(255 - from[j]);
    }
    return png_write_grid(path, page, CLASSES * EACH, PEN_SIDE, PEN_SIDE,
                          EACH, 3, err);
}
/* make a page of the factors */
static bool write_factors(uint64_t seed, const char *path,
                          struct error *err) {
    uint8_t page[DIGITS_WAY * STEPS * PEN_SIDE * PEN_SIDE], *to = page;
    float factor[DIGITS_FACTORS] = {0};
    for (size_t f = 0; f < DIGITS_WAY; f++)
        factor[f] = (digits_factors[f].low + digits_factors[f].high) / 2;
    for (size_t f = 0; f < DIGITS_WAY; f++) {
        float middle = factor[f], low = digits_factors[f].low;
        float step = (digits_factors[f].high - low) / (STEPS - 1);
        for (size_t i = 0; i < STEPS; i++, to += PEN_SIDE * PEN_SIDE) {
            factor[f] = low + (float)i * step;
            digits_render(seed, 0, 8, factor, to);
        }
        factor[f] = middle;
    }
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = (uint8_t)(255 - page[i]);
    return png_write_grid(path, page, DIGITS_WAY * STEPS, PEN_SIDE,
                          PEN_SIDE, STEPS, 3, err);
}
/* measure the digits and show them */
static bool show_digits(struct engine *engine,
                        const struct run_options *run, struct error *err) {
    struct dataset train, test;
    char path[512];
    digits_draw(run->seed, 0, DIGITS_TRAIN, engine_pool(engine), &train);
    digits_draw(run->seed, DIGITS_TRAIN, DIGITS_TEST, engine_pool(engine),
                &test);
    snprintf(path, sizeof path, "%s/digits.tsv", run->out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-digits.c", "digits",
                    "60000/10000", SOURCE_HASH);
    bool ok =
        hardness_measure(engine, "digits", &train, &test, ledger, err);
    ok = ledger_close(ledger, ok ? err : NULL) && ok;
    snprintf(path, sizeof path, "%s/digits-page.png", run->out);
    ok = ok && write_page(&train, path, err);
    snprintf(path, sizeof path, "%s/digits-factors.png", run->out);
    ok = ok && write_factors(run->seed, path, err);
    dataset_free(&train);
    dataset_free(&test);
    return ok;
}

/* replayed by make check */
int main(int argc, char **argv) {
    struct run_options run = {.seed = DIGITS_SEED,
                              .out = "figures/00-foundations"};
    const char *name = options_start(
        &(struct program){.purpose = "Measures how hard the digits are."},
        &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!show_digits(engine, &run, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
