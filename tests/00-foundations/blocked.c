#include "00-foundations/blocked.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void compare(struct engine *engine, size_t m, size_t n, size_t k,
                    size_t depth, size_t cols) {
    real *a = malloc((m * k + 1) * sizeof *a);
    real *b = malloc((k * n + 1) * sizeof *b);
    real *c = malloc(m * n * sizeof *c), *want = malloc(m * n * sizeof *c);
    kernel_normal(engine, (struct rng_stream){1, RNG_TEST, 0, 0}, m, k, a);
    kernel_normal(engine, (struct rng_stream){2, RNG_TEST, 0, 0}, k, n, b);
    struct matmul p = {.m = m, .n = n, .k = k, .a = a, .b = b, .c = want,
                       .start = FROM_ZERO};
    kernel_matmul(engine, &p);
    p.c = c;
    product_plain(&p);
    cr_assert_eq(memcmp(c, want, m * n * sizeof *c), 0, "plain");
    memset(c, 0x55, m * n * sizeof *c);
    product_blocked(&p, depth, cols);
    cr_assert_eq(memcmp(c, want, m * n * sizeof *c), 0,
                 "%zu x %zu x %zu in blocks of %zu x %zu", m, n, k, depth,
                 cols);
    free(a);
    free(b);
    free(c);
    free(want);
}

Test(blocked, any_blocks_give_the_bits_of_the_plain_product) {
    static const size_t size[] = {1, 2, 3, 5, 17, 64, 129};
    enum { SIZES = sizeof size / sizeof size[0] };
    struct engine *engine = engine_new(2, NULL);
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++)
            for (size_t k = 0; k < SIZES; k++)
                compare(engine, size[i], size[j], size[k],
                        size[(i + j) % SIZES], size[(j + k) % SIZES]);
    compare(engine, 5, 7, 0, 4, 4);
    compare(engine, 100, 300, 70, 32, 256);
    engine_free(engine);
}
