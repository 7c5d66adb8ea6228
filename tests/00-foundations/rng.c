#include "00-foundations/rng.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "00-foundations/kernels.h"

/* kat_vectors of Random123 (Salmon et al. 2011), philox4x32-10 */
Test(rng, philox_gives_the_published_vectors) {
    static const uint32_t vector[3][10] = {
        {0, 0, 0, 0, 0, 0,
         0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
         0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822,
         0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
    };
    for (size_t i = 0; i < 3; i++) {
        uint32_t out[4];
        philox(vector[i], vector[i] + 4, out);
        cr_assert_arr_eq(out, vector[i] + 6, sizeof out);
    }
}

Test(rng, every_part_of_the_address_changes_the_number) {
    struct rng_stream s = {UINT64_C(0x123456789), RNG_NOISE, 5, 7}, t[5];
    uint32_t word = rng_word(s, 2, 11);
    for (size_t i = 0; i < 5; i++)
        t[i] = s;
    t[0].seed ^= UINT64_C(1) << 40;
    t[1].seed ^= 1;
    t[2].purpose++;
    t[3].step++;
    t[4].example++;
    for (size_t i = 0; i < 5; i++)
        cr_assert_neq(rng_word(t[i], 2, 11), word, "part %zu", i);
    cr_assert_neq(rng_word(s, 2, 12), word);
    cr_assert_eq(rng_word(t[4], 1, 11), word, "examples add up");
}

Test(rng, uniform_numbers_fill_the_unit_interval_evenly) {
    struct rng_stream s = {3, RNG_TEST, 0, 0};
    enum { N = 1000000, BINS = 1000 };
    static uint32_t bin[BINS];
    for (uint32_t i = 0; i < N; i++) {
        double u = (double)rng_uniform(s, i / 1000, i % 1000);
        cr_assert(u >= 0 && u < 1);
        bin[(size_t)(u * BINS)]++;
    }
    double chi2 = 0, expected = (double)N / BINS;
    for (size_t i = 0; i < BINS; i++)
        chi2 += (bin[i] - expected) * (bin[i] - expected) / expected;
    double sd = sqrt(2.0 * (BINS - 1));
    cr_assert_float_eq(chi2, BINS - 1, 5 * sd, "chi squared is %g", chi2);
}

Test(rng, normal_deviates_have_the_moments_of_the_normal_distribution) {
    struct rng_stream s = {4, RNG_TEST, 0, 0};
    const double n = 1000000;
    double sum[5] = {0};
    for (uint32_t i = 0; i < 1000000; i++) {
        double z = (double)rng_normal(s, i / 1000, i % 1000), power = 1;
        for (size_t k = 1; k < 5; k++)
            sum[k] += power *= z;
    }
    /* the variance of z^k is E z^2k - (E z^k)^2: 1, 2, 15, 96 */
    const double mean[5] = {0, 0, 1, 0, 3}, variance[5] = {0, 1, 2, 15, 96};
    for (size_t k = 1; k < 5; k++)
        cr_assert_float_eq(sum[k] / n, mean[k], 5 * sqrt(variance[k] / n),
                           "moment %zu is %g", k, sum[k] / n);
}

Test(rng, normal_deviates_have_the_tails_of_the_normal_distribution) {
    struct rng_stream s = {5, RNG_TEST, 0, 0};
    enum { ROWS = 4000, COLS = 1000 };
    const double n = (double)ROWS * COLS;
    static real z[COLS];
    struct engine *engine = engine_new(1, NULL);
    double beyond[6] = {0}, largest = 0;
    for (uint32_t r = 0; r < ROWS; r++) {
        s.example = r;
        kernel_normal(engine, s, 1, COLS, z);
        for (size_t c = 0; c < COLS; c++) {
            double size = fabs((double)z[c]);
            largest = fmax(largest, size);
            for (int k = 1; k < 6; k++)
                beyond[k] += size > k;
        }
    }
    for (int k = 1; k < 6; k++) {
        double p = erfc(k / sqrt(2.0));
        cr_assert_float_eq(beyond[k], n * p, 5 * sqrt(n * p) + 1,
                           "%g of %g lie beyond %d", beyond[k], n, k);
    }
    cr_assert(largest < 6.67);
    engine_free(engine);
}

/* Row r of a table belongs to example r, whatever the table's size. */
Test(rng, kernels_give_the_numbers_of_their_addresses) {
    struct engine *engine = engine_new(2, NULL);
    for (size_t cols = 1; cols < 140; cols += 7) {
        enum { ROWS = 5 };
        struct rng_stream s = {cols, RNG_TEST, 9, 100};
        real *u = malloc(ROWS * cols * sizeof *u);
        real *z = malloc(ROWS * cols * sizeof *z);
        real *x = malloc(ROWS * cols * sizeof *x);
        kernel_uniform(engine, s, ROWS, cols, u);
        kernel_normal(engine, s, ROWS, cols, z);
        for (size_t i = 0; i < ROWS * cols; i++) {
            uint32_t row = (uint32_t)(i / cols), col = (uint32_t)(i % cols);
            real want = rng_normal(s, row, col);
            cr_assert_eq(u[i], rng_uniform(s, row, col));
            cr_assert_eq(memcmp(&z[i], &want, sizeof want), 0,
                         "[%u, %u]: %a, alone %a", row, col, (double)z[i],
                         (double)want);
        }
        real *p = z;
        for (size_t i = 0; i < ROWS * cols; i++)
            p[i] = (real)(i % 5) / 4;
        kernel_binarise(engine, s, ROWS, cols, p, x);
        for (size_t i = 0; i < ROWS * cols; i++)
            cr_assert_eq(x[i], u[i] < p[i] ? 1 : 0);
        free(u);
        free(z);
        free(x);
    }
    engine_free(engine);
}

Test(rng, a_permutation_holds_each_number_once_and_every_order_is_met) {
    uint32_t order[1000], seen[24] = {0};
    bool there[1000] = {false};
    struct rng_stream s = {6, RNG_SHUFFLE, 0, 0};
    rng_permutation(s, 1000, order);
    for (size_t i = 0; i < 1000; i++) {
        cr_assert(order[i] < 1000 && !there[order[i]]);
        there[order[i]] = true;
    }
    for (s.step = 0; s.step < 24000; s.step++) {
        rng_permutation(s, 4, order);
        size_t code = 0;
        for (size_t i = 0; i < 4; i++) {
            size_t smaller = 0;
            for (size_t j = i + 1; j < 4; j++)
                smaller += order[j] < order[i];
            code = code * (4 - i) + smaller;
        }
        seen[code]++;
    }
    for (size_t i = 0; i < 24; i++)
        cr_assert_float_eq((double)seen[i], 1000, 5 * sqrt(1000.0));
}
