/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-convolution.h"

#include <math.h>
#include <stdio.h>
#include "00-foundations/arena.h"
#include "performance/bench.h"

/* take a layer's passes */
struct layer {
    struct engine *engine;
    const struct conv *shape;
    bool both;
    size_t places;
    real *x, *w, *b, *y, *dy, *dx, *dw, *db;
};

static void run_layer(void *context) {
    const struct layer *l = context;
    struct engine *e = l->engine;
    kernel_conv(e, l->shape, l->x, l->w, FROM_ROW, l->b, l->y);
    if (!l->both)
        return;
    kernel_conv_bias(e, l->places, l->shape->filters, l->dy, l->db);
    kernel_conv_weights(e, l->shape, l->x, l->dy, l->dw);
    if (l->shape->channels > 1)
        kernel_conv_input(e, l->shape, l->dy, l->w, FROM_ZERO, NULL, l->dx);
}
/* fill an array with numbers */
static real *numbers(struct arena *arena, size_t n) {
    real *x = arena_alloc_raw(arena, n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (real)0.01 * (real)(i % 37 + 1);
    return x;
}

double layer_ours(struct engine *engine, const struct conv *s, bool both) {
    const size_t places = s->batch * conv_rows(s) * conv_cols(s);
    const size_t x = s->batch * s->height * s->width * s->channels;
    const size_t w = s->kernel * s->kernel * s->channels * s->filters;
    const size_t y = places * s->filters;
    struct arena *arena = arena_new(
        2 * (x + w + y + s->filters) * sizeof(real) + (1 << 12));
    struct layer l = {
        engine, s, both, places, numbers(arena, x), numbers(arena, w),
        numbers(arena, s->filters), numbers(arena, y), numbers(arena, y),
        numbers(arena, x), numbers(arena, w), numbers(arena, s->filters)};
    const double budget = both ? 0.2 : 0.05;
    const double seconds = bench_fastest(budget, run_layer, &l);
    arena_free(arena);
    return seconds;
}

/* ask the peer for a layer */
double layer_torch(struct torch *torch, const struct conv *s, bool both,
                   size_t threads) {
    char what[96];
    snprintf(what, sizeof what, "conv:%zu:%zu:%zu:%zu:%s", s->channels,
             s->filters, s->height, s->kernel, both ? "both" : "forward");
    const double one = torch_ask(torch, what, 1, 1);
    const double all = torch_ask(torch, what, threads, threads);
    return one > 0 && all > 0 ? fmin(one, all) : 0;
}

double layer_flop(const struct conv *s, bool both) {
    const size_t terms = s->kernel * s->kernel * s->channels * s->filters;
    const size_t places = s->batch * conv_rows(s) * conv_cols(s);
    const size_t products = !both ? 1 : s->channels > 1 ? 3 : 2;
    return 2.0 * (double)(products * places * terms);
}
