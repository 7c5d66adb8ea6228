/* The fast matrix product against the plain triple loop, bit by bit. */
#ifndef REAL_IS_DOUBLE

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "performance/kernel-set.h"

enum { LARGEST = 1 << 20 };

struct data { real a[LARGEST], b[LARGEST], c[LARGEST], row[LARGEST],
                   plain[LARGEST], fast[LARGEST]; };

static struct data *data_new(void)
{
    struct data *d = malloc(sizeof *d);
    cr_assert(d != NULL);
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    real *const part[] = {d->a, d->b, d->c, d->row};
    for (uint32_t i = 0; i < 4; i++)
        plain_kernels.kernel_normal(
            plain, (struct rng_stream){.seed = 1, .purpose = i}, 1, LARGEST,
            part[i]);
    plain_kernels.engine_free(plain);
    return d;
}

/* Every transposition and every start of one shape, or each step-th of
   them. Beyond the product's
   last element stands a guard that must not change. */
static void compare(struct data *d, struct engine *plain,
                    struct engine *fast, size_t m, size_t n, size_t k,
                    unsigned step)
{
    const size_t size = m * n;
    for (unsigned variant = 0; variant < 12; variant += step) {
        struct matmul x = {
            .m = m, .n = n, .k = k, .a = d->a, .b = d->b, .row = d->row,
            .a_transposed = variant & 1, .b_transposed = variant & 2,
            .start = (enum matmul_start)(variant / 4)};
        memcpy(d->plain, d->c, (size + 1) * sizeof(real));
        memcpy(d->fast, d->c, (size + 1) * sizeof(real));
        x.c = d->plain;
        plain_kernels.kernel_matmul(plain, &x);
        x.c = d->fast;
        kernel_matmul(fast, &x);
        cr_assert(same_bits(size + 1, d->plain, d->fast),
                  "%zu x %zu x %zu, variant %u, %s, %zu threads", m, n, k,
                  variant, engine_isa(fast), engine_threads(fast));
    }
}

static void compare_all(void (*shapes)(struct data *, struct engine *,
                                       struct engine *))
{
    struct data *d = data_new();
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    for (size_t i = 0; i < ENGINES; i++) {
        struct engine *fast = engine_numbered(i);
        if (fast != NULL)
            shapes(d, plain, fast);
        engine_free(fast);
    }
    plain_kernels.engine_free(plain);
    free(d);
}

static void small_shapes(struct data *d, struct engine *plain,
                         struct engine *fast)
{
    static const size_t size[] = {0, 1, 2, 3, 5, 16, 17, 31, 33, 65};
    enum { SIZES = sizeof size / sizeof size[0] };
    for (size_t i = 0; i < SIZES; i++)
        for (size_t j = 0; j < SIZES; j++)
            for (size_t l = 0; l < SIZES; l++)
                compare(d, plain, fast, size[i], size[j], size[l], 1);
}

/* longer than a block in one direction each, and large enough for threads */
static void large_shapes(struct data *d, struct engine *plain,
                         struct engine *fast)
{
    static const size_t shape[][3] = {
        {129, 129, 129}, {61, 417, 83}, {500, 20, 150}, {128, 40, 400},
        {7, 33, 1000}, {410, 17, 19}, {23, 1601, 60}, {230, 37, 521},
        {199, 37, 321}, {1, 800, 90}, {800, 1, 90}, {128, 400, 50}};
    for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++)
        compare(d, plain, fast, shape[i][0], shape[i][1], shape[i][2], 1);
}

Test(performance, matmul_is_the_plain_loop_to_the_bit)
{
    compare_all(small_shapes);
}

Test(performance, matmul_in_blocks_is_the_plain_loop_to_the_bit)
{
    compare_all(large_shapes);
}

/* so many rows, and so long, that threads pack them in two bands */
Test(performance, matmul_in_bands_is_the_plain_loop_to_the_bit)
{
    struct data *d = data_new();
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    struct engine *fast = engine_new(2, NULL);
    compare(d, plain, fast, 1045, 263, 1003, 5);
    engine_free(fast);
    plain_kernels.engine_free(plain);
    free(d);
}

enum { INSIDE = 12 };

struct inside { struct engine *e; struct data *d; size_t m, n; };

static struct matmul product_inside(const struct inside *in, size_t item)
{
    return (struct matmul){
        .m = in->m, .n = in->n, .k = in->m, .a = in->d->a + item * 1000,
        .b = in->d->b, .start = FROM_ZERO};
}

static void multiply_inside(void *context, size_t item, size_t thread)
{
    const struct inside *in = context;
    struct matmul x = product_inside(in, item);
    (void)thread;
    x.c = in->d->fast + item * in->m * in->n;
    kernel_matmul(in->e, &x);
}

/* Threads that pack into one place would spoil each other's products. */
Test(performance, products_may_be_computed_inside_of_a_loop_of_the_pool)
{
    static const size_t shape[][2] = {{60, 60}, {70, 70}, {24, 1600}};
    struct data *d = data_new();
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    struct inside in = {.e = engine_new(4, NULL), .d = d};
    for (size_t again = 0; again < 60; again++) {
        in.m = shape[again % 3][0];
        in.n = shape[again % 3][1];
        const size_t size = in.m * in.n;
        for (size_t i = 0; i < INSIDE; i++) {
            struct matmul x = product_inside(&in, i);
            x.c = d->plain + i * size;
            plain_kernels.kernel_matmul(plain, &x);
        }
        memset(d->fast, 0, INSIDE * size * sizeof(real));
        pool_for(engine_pool(in.e), INSIDE, multiply_inside, &in);
        cr_assert(same_bits(INSIDE * size, d->plain, d->fast),
                  "%zu x %zu", in.m, in.n);
    }
    engine_free(in.e);
    plain_kernels.engine_free(plain);
    free(d);
}

Test(performance, an_engine_knows_its_instruction_set)
{
    cr_assert(engine_new(1, "no such set") == NULL);
    struct engine *best = engine_new(2, NULL);
    cr_assert(best != NULL);
    struct engine *same = engine_new(1, engine_isa(best));
    cr_assert_str_eq(engine_isa(best), engine_isa(same));
    cr_assert_eq(engine_threads(best), 2);
    engine_free(best);
    engine_free(same);
}

#endif
