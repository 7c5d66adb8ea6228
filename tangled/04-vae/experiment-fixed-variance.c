/* From chapters/app-f-mistakes.nw (edit that, then make tangle) */
/* Embedded digits: the best linear VAE for a variance fixed in advance. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "04-vae/eigen.h"
#include "04-vae/gallery.h"
#include "04-vae/linear.h"
#include "workshop/fail.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { LEADING = 200, PATH = 4096, ZOOM = 1 };

/* list the variances */
static const struct { const char *name; double variance; } fixed[] = {
    {"mean", 0},                /* half the number of pixels */
    {"two", 2},
    {"half", 0.5},
    {"eighth", 0.125},
    {"thirty-second", 0.03125},
};
enum { FIXED = sizeof fixed / sizeof fixed[0], ROWS = FIXED + 1 };

/* gather what the axes of the digits say */
struct axes {
    size_t pixels;
    struct moments moments;
    double values[LEADING], *vectors;   /* vectors[LEADING, pixels] */
};

static struct axes axes_of(const struct dataset *data, struct arena *arena)
{
    struct axes a = {data->height * data->width,
                     moments_of(data, NULL, arena), {0}, NULL};
    a.vectors = arena_alloc(arena, LEADING * a.pixels, sizeof(double));
    eigen_leading(a.pixels, a.moments.about, LEADING, arena, a.values,
                  a.vectors);
    return a;
}

/* say what a fixed variance makes of the code */
struct outcome { double variance, used, price, error; };

static struct outcome outcome_of(const struct axes *a, size_t f)
{
    double v = f == 0 ? (double)a->pixels / 2 : fixed[f].variance;
    struct outcome o = {v, 0, 0, a->moments.trace};
    for (size_t j = 0; j < LEADING && a->values[j] > v; j++) {
        o.used++;
        o.price += log(a->values[j] / v) / 2;
        o.error += v * v / a->values[j] - a->values[j];
    }
    if (o.used == LEADING)
        die("more than %d latents in use at %g", LEADING, v);
    return o;
}

/* rebuild the ten digits from the means of their codes */
static void rebuild(const struct axes *a, double variance,
                    struct arena *arena, const uint8_t *image,
                    uint8_t *copy)
{
    size_t n = a->pixels, mark = arena_mark(arena);
    double *away = arena_alloc(arena, n, sizeof *away);
    double *x = arena_alloc(arena, n, sizeof *x);
    memcpy(x, a->moments.mean, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        away[i] = image[i] / 255.0 - a->moments.mean[i];
    for (size_t j = 0; j < LEADING && a->values[j] > variance; j++) {
        const double *axis = a->vectors + j * n;
        double part = matrix_dot(n, axis, away);
        for (size_t i = 0; i < n; i++)
            x[i] += (1 - variance / a->values[j]) * part * axis[i];
    }
    for (size_t i = 0; i < n; i++)
        copy[i] = (uint8_t)(255 * fmin(fmax(x[i], 0), 1) + 0.5);
    arena_release(arena, mark);
}

/* write down every variance */
static void write_down(struct ledger *ledger, const struct axes *a)
{
    char key[64];
    for (size_t f = 0; f < FIXED; f++) {
        struct outcome o = outcome_of(a, f);
        const struct { const char *name, *unit; double value; } put[] = {
            {"variance", "", o.variance}, {"used", "", o.used},
            {"price", "nats", o.price}, {"error", "", o.error}};
        for (size_t k = 0; k < sizeof put / sizeof put[0]; k++) {
            snprintf(key, sizeof key, "vae.fixed.%s.%s", fixed[f].name,
                     put[k].name);
            ledger_put(ledger, key, put[k].value, NAN, put[k].unit);
        }
        printf("variance %g: %.0f latents, %.2f nats, error %.2f\n",
               o.variance, o.used, o.price, o.error);
    }
    ledger_put(ledger, "vae.fixed.largest", a->values[0], NAN, "");
    ledger_put(ledger, "vae.fixed.total", a->moments.trace, NAN, "");
}

/* copy the ten digits by every variance */
static size_t draw_rows(const struct axes *a, const struct dataset *test,
                        struct arena *arena, uint8_t *images)
{
    size_t index[TEN_DIGITS], count = ten_digits(test, index);
    size_t n = a->pixels;
    for (size_t k = 0; k < count; k++) {
        const uint8_t *digit = test->pixels + index[k] * n;
        memcpy(images + k * n, digit, n);
        for (size_t f = 0; f < FIXED; f++)
            rebuild(a, outcome_of(a, f).variance, arena, digit,
                    images + ((f + 1) * count + k) * n);
    }
    return count;
}

/* find the models and write them down */
int main(int argc, char **argv)
{
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Finds the best linear VAE for each of a few fixed "
                   "variances."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct dataset train, test;
    struct error err;
    if (!data_load(run.data, engine_pool(engine), &train, &test, &err))
        error_exit(name, &err);
    struct arena *arena = arena_new((size_t)64 << 20);
    struct axes axes = axes_of(&train, arena);
    /* write the ledger and the picture of fixed variances */
    char path[PATH];
    snprintf(path, sizeof path, "%s/fixed-variance.tsv", run.out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-fixed-variance.c", run.data,
        "the covariance of all training images, exact", SOURCE_HASH);
    write_down(ledger, &axes);
    uint8_t *images = arena_alloc(arena, ROWS * TEN_DIGITS, axes.pixels);
    size_t count = draw_rows(&axes, &test, arena, images);
    snprintf(path, sizeof path, "%s/fixed-variance-rows.png", run.out);
    if (!ledger_close(ledger, &err) ||
        !png_write_grid(path, images, ROWS * count, test.height, test.width,
                        count, ZOOM, &err))
        error_exit(name, &err);
    return program_end(name);
}
