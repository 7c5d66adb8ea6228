#include "00-foundations/kernels.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "00-foundations/elementary.h"

static real *random_reals(size_t n, uint64_t seed) {
    real *x = malloc((n + 1) * sizeof *x);
    struct rng_stream s = {seed, RNG_TEST, 0, 0};
    for (size_t i = 0; i < n; i++)
        x[i] = rng_normal(s, 0, (uint32_t)i);
    return x;
}

static real element(const real *x, bool transposed, size_t rows,
                    size_t cols, size_t i, size_t j) {
    return transposed ? x[j * rows + i] : x[i * cols + j];
}

static void check_product(struct engine *engine, size_t m, size_t n,
                          size_t k, unsigned kind) {
    real *a = random_reals(m * k, kind), *b = random_reals(k * n, kind + 99);
    real *c = random_reals(m * n, 5), *row = random_reals(n, 6);
    real *old = random_reals(m * n, 5);
    struct matmul p = {
        .m = m, .n = n, .k = k, .a = a, .b = b, .c = c, .row = row,
        .a_transposed = kind & 1, .b_transposed = kind & 2,
        .start = (enum matmul_start)(kind / 4)};
    kernel_matmul(engine, &p);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            real want = p.start == FROM_ZERO ? 0 :
                        p.start == FROM_C ? old[i * n + j] : row[j];
            for (size_t l = 0; l < k; l++)
                want = fma_real(element(a, p.a_transposed, m, k, i, l),
                                element(b, p.b_transposed, k, n, l, j),
                                want);
            cr_assert_eq(memcmp(&want, &c[i * n + j], sizeof want), 0,
                         "%zu x %zu x %zu, kind %u: [%zu, %zu]", m, n, k,
                         kind, i, j);
        }
    free(a);
    free(b);
    free(c);
    free(row);
    free(old);
}

Test(kernels, a_product_is_one_ascending_chain_of_fused_terms) {
    struct rng_stream s = {1, RNG_TEST, 0, 0};
    for (size_t threads = 1; threads <= 3; threads++) {
        struct engine *engine = engine_new(threads, NULL);
        for (uint32_t round = 0; round < 20; round++)
            for (unsigned kind = 0; kind < 12; kind++)
                check_product(engine, 1 + rng_word(s, round, 0) % 70,
                              1 + rng_word(s, round, 1) % 70,
                              rng_word(s, round, 2) % 70, kind);
        engine_free(engine);
    }
}

/* The definition, spelled out. */
static real sum_of_lanes(size_t n, const real *x) {
    real lane[64] = {0};
    for (size_t i = 0; i < n; i++)
        lane[i % 64] += x[i];
    for (size_t h = 32; h > 0; h /= 2)
        for (size_t j = 0; j < h; j++)
            lane[j] += lane[j + h];
    return lane[0];
}

Test(kernels, a_sum_goes_through_64_lanes) {
    struct engine *engine = engine_new(3, NULL);
    real *x = random_reals(100000, 2), y[7];
    for (size_t n = 0; n < 400; n++)
        cr_assert_eq(kernel_sum(engine, n, x), sum_of_lanes(n, x));
    cr_assert_eq(kernel_sum(engine, 100000, x), sum_of_lanes(100000, x));
    kernel_sum_rows(engine, 7, 777, x, y);
    for (size_t r = 0; r < 7; r++)
        cr_assert_eq(y[r], sum_of_lanes(777, x + 777 * r));
    free(x);
    engine_free(engine);
}

Test(kernels, the_loss_of_pixels_is_the_sum_of_softplus_minus_xl) {
    struct engine *engine = engine_new(2, NULL);
    enum { ROWS = 5, COLS = 333 };
    real *l = random_reals(ROWS * COLS, 3), *x = random_reals(ROWS * COLS, 4);
    real nll[ROWS], term[COLS];
    kernel_bernoulli_nll(engine, ROWS, COLS, l, x, nll);
    for (size_t r = 0; r < ROWS; r++) {
        for (size_t j = 0; j < COLS; j++) {
            size_t i = r * COLS + j;
            term[j] = fma_real(-x[i], l[i], softplus_real(l[i]));
        }
        cr_assert_eq(nll[r], sum_of_lanes(COLS, term));
    }
    free(l);
    free(x);
    engine_free(engine);
}

Test(kernels, softmax_is_right_for_logits_that_would_overflow) {
    struct engine *engine = engine_new(1, NULL);
    const real logits[6] = {1000, 1000, -1000, -1000, -999, -1001};
    const uint8_t labels[2] = {1, 2};
    real loss[2], p[6];
    kernel_softmax_cross_entropy(engine, 2, 3, logits, labels, loss, p);
    cr_assert_float_eq((double)loss[0], log(2), 1e-6);
    cr_assert_float_eq((double)p[0], 0.5, 1e-6);
    cr_assert_eq(p[2], 0);
    double z = exp(-1) + 1 + exp(-2);
    cr_assert_float_eq((double)loss[1], 2 + log(z), 1e-6);
    cr_assert_float_eq((double)p[4], 1 / z, 1e-6);
    engine_free(engine);
}

/* Without the right maximum, exp(200) would overflow a float. */
Test(kernels, softmax_finds_the_largest_logit_wherever_it_stands) {
    struct engine *engine = engine_new(1, NULL);
    enum { COLS = 150 };
    real logits[COLS], p[COLS], loss;
    for (size_t cols = 1; cols <= COLS; cols += 13)
        for (size_t at = 0; at < cols; at++) {
            const uint8_t label = (uint8_t)at;
            for (size_t j = 0; j < cols; j++)
                logits[j] = j == at ? (real)2000 : -(real)j;
            kernel_softmax_cross_entropy(engine, 1, cols, logits, &label,
                                         &loss, p);
            cr_assert(p[at] == 1 && loss == 0, "%zu of %zu", at, cols);
        }
    engine_free(engine);
}

Test(kernels, loss_and_probabilities_of_softmax_agree) {
    struct engine *engine = engine_new(2, NULL);
    enum { ROWS = 50 };
    for (size_t cols = 2; cols < 200; cols += 37) {
        real *l = random_reals(ROWS * cols, cols), loss[ROWS];
        real *p = random_reals(ROWS * cols, 0);
        uint8_t labels[ROWS];
        for (size_t r = 0; r < ROWS; r++)
            labels[r] = (uint8_t)(r * 7 % cols);
        kernel_softmax_cross_entropy(engine, ROWS, cols, l, labels, loss, p);
        for (size_t r = 0; r < ROWS; r++) {
            double total = 0;
            for (size_t j = 0; j < cols; j++)
                total += (double)p[r * cols + j];
            cr_assert_float_eq(total, 1, 1e-5);
            cr_assert_float_eq((double)loss[r],
                               -log((double)p[r * cols + labels[r]]), 1e-5);
        }
        free(l);
        free(p);
    }
    engine_free(engine);
}
