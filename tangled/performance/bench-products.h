/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_PRODUCTS_H
#define PERFORMANCE_BENCH_PRODUCTS_H

#include "performance/bench-blas.h"

struct shape {
    const char *key;
    size_t times;                       /* in one step */
    size_t m, n, k;
    bool a_transposed, b_transposed;
};

/* Floating-point operations of a product, two a term. */
double shape_flop(const struct shape *shape);
/* Shortest times of one product, in seconds. */
double product_ours(struct engine *engine, const struct shape *shape);
double product_blas(const struct blas *blas, size_t threads,
                    const struct shape *shape);

#endif
