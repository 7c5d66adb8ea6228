/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-products.h"

#include "00-foundations/arena.h"
#include "performance/bench.h"

struct try {
    struct engine *engine;              /* or NULL: */
    const struct blas *blas;
    struct matmul x;
};

static void run_try(void *context) {
    const struct try *try = context;
    if (try->engine != NULL)
        kernel_matmul(try->engine, &try->x);
    else
        blas_product(try->blas, &try->x);
}

/* fill an array with numbers */
static real *numbers(struct arena *arena, size_t n) {
    real *x = arena_alloc_raw(arena, n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = (real)0.01 * (real)(i % 37 + 1);
    return x;
}

/* give a product its factors, and time it */
static double time_product(struct try try, const struct shape *s) {
    const size_t a = s->m * s->k, b = s->k * s->n, c = s->m * s->n;
    struct arena *arena =
        arena_new((a + b + c) * sizeof(real) + (1 << 12));
    try.x = (struct matmul){
        .m = s->m, .n = s->n, .k = s->k, .a = numbers(arena, a),
        .b = numbers(arena, b), .a_transposed = s->a_transposed,
        .b_transposed = s->b_transposed, .c = numbers(arena, c),
        .start = FROM_ZERO};
    const double seconds = bench_fastest(0.01, run_try, &try);
    arena_free(arena);
    return seconds;
}

double shape_flop(const struct shape *shape) {
    return 2.0 * (double)shape->m * (double)shape->n * (double)shape->k;
}

double product_ours(struct engine *engine, const struct shape *shape) {
    return time_product((struct try){.engine = engine}, shape);
}

double product_blas(const struct blas *blas, size_t threads,
                    const struct shape *shape) {
    if (blas == NULL)
        return 0;
    blas_threads(blas, threads);
    return time_product((struct try){.blas = blas}, shape);
}
