/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <math.h>
#include <stdio.h>
#include "00-foundations/data.h"
#include "00-foundations/digits.h"
#include "00-foundations/parameters.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { IMAGES = 500, PIXELS = 784, UNITS = 256, DEPTH = 10, SEEDS = 5 };
enum { SCALES = 4, MAPS = 2 };

/* draw the weights of a layer */
static const char *const scale_name[SCALES] = {
    "small", "glorot", "he", "large"};

static real deviation(size_t scale, size_t in, size_t out) {
    const real n = (real)in, m = (real)out;
    const real variance[SCALES] = {
        (real)0.5 / n, 2 / (n + m), 2 / n, 4 / n};
    return sqrt_real(variance[scale]);
}

static void draw_weights(struct engine *engine, uint64_t seed,
                         size_t layer, size_t scale, size_t in, real *w) {
    struct rng_stream s = {seed, RNG_INIT, (uint32_t)layer, 0};
    kernel_normal(engine, s, in, UNITS, w);
    kernel_scale(engine, in * UNITS, deviation(scale, in, UNITS), w, w);
}
/* send images through the layers */
static double root_mean_square(struct engine *engine, size_t n,
                               const real *x, real *spare) {
    kernel_zip(engine, ZIP_MUL, n, x, x, spare);
    return sqrt((double)kernel_sum(engine, n, spare) / (double)n);
}

struct room { real *x, *h, *next, *w, *spare; };

static void pass(struct engine *engine, const struct room *room,
                 enum map f, size_t scale, uint64_t seed,
                 double rms[DEPTH + 1]) {
    const real *in = room->x;
    size_t width = PIXELS;
    rms[0] = root_mean_square(engine, IMAGES * PIXELS, in, room->spare);
    for (size_t layer = 1; layer <= DEPTH; layer++) {
        real *out = layer % 2 == 1 ? room->h : room->next;
        draw_weights(engine, seed, layer, scale, width, room->w);
        kernel_matmul(engine, &(struct matmul){
            .m = IMAGES, .n = UNITS, .k = width, .a = in, .b = room->w,
            .c = room->spare, .start = FROM_ZERO});
        kernel_map(engine, f, IMAGES * UNITS, room->spare, out);
        rms[layer] = root_mean_square(engine, IMAGES * UNITS, out,
                                      room->spare);
        in = out;
        width = UNITS;
    }
}
/* write the activations */
static const char *const map_name[MAPS] = {"relu", "tanh"};
static const enum map map_kind[MAPS] = {MAP_RELU, MAP_TANH};

typedef double curves[MAPS][SCALES][SEEDS][DEPTH + 1];

static struct sample at_layer(double rms[SEEDS][DEPTH + 1],
                              size_t layer) {
    double x[SEEDS];
    for (size_t s = 0; s < SEEDS; s++)
        x[s] = rms[s][layer];
    return sample_of(SEEDS, x);
}

static void put_last(struct ledger *ledger, const char *map,
                     const char *scale, double rms[SEEDS][DEPTH + 1]) {
    char key[64];
    struct sample last = at_layer(rms, DEPTH);
    snprintf(key, sizeof key, "activations.%s.%s", map, scale);
    ledger_put(ledger, key, last.mean, last.deviation, "");
}
static bool write_results(curves rms, const char *out, struct error *err) {
    char path[512];
    snprintf(path, sizeof path, "%s/activations.dat", out);
    struct series *series = series_open(path,
        "layer relu.small relu.glorot relu.he relu.large "
        "tanh.small tanh.glorot tanh.he tanh.large");
    for (size_t layer = 0; layer <= DEPTH; layer++) {
        double row[1 + MAPS * SCALES] = {(double)layer};
        for (size_t i = 0; i < MAPS * SCALES; i++)
            row[1 + i] = at_layer(rms[i / SCALES][i % SCALES], layer).mean;
        series_put(series, row);
    }
    if (!series_close(series, err))
        return false;
    snprintf(path, sizeof path, "%s/activations.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-activations.c",
                    "digits", "10 layers of 256 units, 5 seeds",
                    SOURCE_HASH);
    ledger_put(ledger, "activations.input", rms[0][0][0][0], NAN, "");
    for (size_t i = 0; i < MAPS * SCALES; i++)
        put_last(ledger, map_name[i / SCALES], scale_name[i % SCALES],
                 rms[i / SCALES][i % SCALES]);
    return ledger_close(ledger, err);
}
static bool measure(struct engine *engine, const char *out,
                    struct error *err) {
    static curves rms;
    struct arena *arena = arena_new((size_t)1 << 24);
    struct dataset data = {0};
    digits_draw(DIGITS_SEED, 0, IMAGES, engine_pool(engine), &data);
    const struct room room = {
        tensor_new2(arena, IMAGES, PIXELS).data,
        tensor_new2(arena, IMAGES, UNITS).data,
        tensor_new2(arena, IMAGES, UNITS).data,
        tensor_new2(arena, PIXELS, UNITS).data,
        tensor_new2(arena, IMAGES, PIXELS).data};
    data_batch(NULL, &data, NULL, IMAGES, room.x, NULL);
    for (size_t f = 0; f < MAPS; f++)
        for (size_t scale = 0; scale < SCALES; scale++)
            for (uint64_t seed = 0; seed < SEEDS; seed++)
                pass(engine, &room, map_kind[f], scale, seed + 1,
                     rms[f][scale][seed]);
    dataset_free(&data);
    arena_free(arena);
    return write_results(rms, out, err);
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Measures activations by layer and initialisation."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure(engine, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
