#include "00-foundations/convolution.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What a convolution reads and writes, and room for one array more. */
struct arrays {
    struct conv shape;
    size_t x_size, y_size, w_size;
    real *x, *w, *y, *row;
};

static real *numbers(size_t n, uint32_t purpose) {
    real *a = malloc((n + 1) * sizeof *a);
    struct rng_stream s = {purpose, RNG_TEST, 0, 0};
    for (size_t i = 0; i <= n; i++)
        a[i] = rng_normal(s, 0, (uint32_t)i);
    return a;
}

static struct arrays arrays_new(struct conv s) {
    struct arrays a = {.shape = s};
    a.x_size = s.batch * s.height * s.width * s.channels;
    a.w_size = s.kernel * s.kernel * s.channels * s.filters;
    a.y_size = s.batch * conv_rows(&s) * conv_cols(&s) * s.filters;
    a.x = numbers(a.x_size, 1);
    a.w = numbers(a.w_size, 2);
    a.y = numbers(a.y_size, 3);
    a.row = numbers(s.channels + s.filters, 4);
    return a;
}

static void arrays_free(struct arrays a) {
    free(a.x);
    free(a.w);
    free(a.y);
    free(a.row);
}

static const struct conv shape[] = {
    {1, 1, 1, 1, 1, 1, 1, 0},   {2, 3, 3, 1, 2, 3, 1, 1},
    {2, 5, 4, 3, 2, 3, 2, 1},   {3, 6, 7, 2, 5, 4, 2, 1},
    {1, 7, 5, 3, 1, 2, 3, 0},   {2, 4, 5, 1, 3, 1, 2, 2},
    {1, 5, 5, 2, 3, 5, 1, 2},   {2, 6, 3, 5, 4, 3, 3, 0},
    {1, 2, 2, 2, 2, 4, 2, 1},   {2, 1, 9, 3, 3, 2, 1, 2},
    {1, 8, 8, 1, 4, 4, 2, 1},   {0, 4, 4, 2, 2, 3, 2, 1},
    {1, 3, 3, 1, 1, 1, 4, 0},   {2, 3, 4, 7, 17, 3, 2, 2},
};
enum { SHAPES = sizeof shape / sizeof shape[0] };

/* A framed image by index, zero outside: written anew, with signs. */
static real pixel(const struct arrays *a, size_t b, long m, long n,
                  size_t c) {
    const struct conv *s = &a->shape;
    if (m < 0 || n < 0 || m >= (long)s->height || n >= (long)s->width)
        return 0;
    return a->x[((b * s->height + (size_t)m) * s->width + (size_t)n) *
                    s->channels + c];
}

static real place(const struct arrays *a, size_t b, long i, long j,
                  size_t f) {
    const long rows = (long)conv_rows(&a->shape);
    const long cols = (long)conv_cols(&a->shape);
    if (i < 0 || j < 0 || i >= rows || j >= cols)
        return 0;
    return a->y[((b * (size_t)rows + (size_t)i) * (size_t)cols +
                 (size_t)j) * a->shape.filters + f];
}

static real weight(const struct arrays *a, size_t r, size_t q, size_t c,
                   size_t f) {
    const struct conv *s = &a->shape;
    return a->w[((r * s->kernel + q) * s->channels + c) * s->filters + f];
}

static real begin(enum matmul_start start, real old, real row) {
    return start == FROM_ZERO ? 0 : start == FROM_C ? old : row;
}

static void check_bits(real want, real have, size_t which, size_t at) {
    cr_assert_eq(memcmp(&want, &have, sizeof want), 0,
                 "shape %zu, element %zu: %g, not %g", which, at,
                 (double)have, (double)want);
}

Test(convolution, a_row_of_five_by_hand) {
    struct engine *engine = engine_new(1, NULL);
    const struct conv s = {1, 1, 5, 1, 1, 3, 2, 1};
    const real x[] = {3, 1, 4, 1, 5}, adjoint[] = {1, 0, 2};
    /* the window is square: only its middle row meets the image */
    const real w[] = {9, 9, 9, 1, 2, -1, 9, 9, 9};
    real y[3], dx[5], dw[9] = {0}, db = 0;
    const real y_want[] = {5, 8, 11}, dx_want[] = {2, -1, 0, 2, 4};
    const real dw_want[] = {0, 0, 0, 2, 13, 1, 0, 0, 0};
    kernel_conv(engine, &s, x, w, FROM_ZERO, NULL, y);
    kernel_conv_input(engine, &s, adjoint, w, FROM_ZERO, NULL, dx);
    kernel_conv_weights(engine, &s, x, adjoint, dw);
    kernel_conv_bias(engine, 3, 1, adjoint, &db);
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(y[i], y_want[i]);
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(dx[i], dx_want[i]);
    for (size_t i = 0; i < 9; i++)
        cr_assert_eq(dw[i], dw_want[i]);
    cr_assert_eq(db, 3);
    engine_free(engine);
}

/* the chain of y[b,i,j,f], and the rest that the window sees */
static real window_chain(const struct arrays *a, size_t b, size_t i,
                         size_t j, size_t f, real sum) {
    const struct conv *s = &a->shape;
    for (size_t r = 0; r < s->kernel; r++)
        for (size_t q = 0; q < s->kernel; q++)
            for (size_t c = 0; c < s->channels; c++)
                sum = fma_real(
                    pixel(a, b, (long)(i * s->stride + r) - (long)s->padding,
                          (long)(j * s->stride + q) - (long)s->padding, c),
                    weight(a, r, q, c, f), sum);
    return sum;
}

Test(convolution, each_result_is_one_chain_through_its_window) {
    struct engine *engine = engine_new(2, NULL);
    for (size_t which = 0; which < SHAPES; which++)
        for (int start = FROM_ZERO; start <= FROM_ROW; start++) {
            struct arrays a = arrays_new(shape[which]);
            const struct conv *s = &a.shape;
            real *y = numbers(a.y_size, 5), *old = numbers(a.y_size, 5);
            kernel_conv(engine, s, a.x, a.w, (enum matmul_start)start,
                        a.row, y);
            const size_t rows = conv_rows(s), cols = conv_cols(s);
            for (size_t n = 0; n < a.y_size; n++) {
                const size_t f = n % s->filters, at = n / s->filters;
                check_bits(window_chain(&a, at / cols / rows,
                                        at / cols % rows, at % cols, f,
                                        begin((enum matmul_start)start,
                                              old[n], a.row[f])),
                           y[n], which, n);
            }
            free(y);
            free(old);
            arrays_free(a);
        }
    engine_free(engine);
}

/* the chain of dx[b,m,n,c]: every place from before the first to behind
   the last, of which those count that the window reaches */
static real back_chain(const struct arrays *a, size_t b, size_t m, size_t n,
                       size_t c, real sum) {
    const struct conv *s = &a->shape;
    const long stride = (long)s->stride, kernel = (long)s->kernel;
    const long row = (long)(m + s->padding), col = (long)(n + s->padding);
    for (long i = -kernel; i <= row; i++)
        for (long j = -kernel; j <= col; j++) {
            const long r = row - i * stride, q = col - j * stride;
            if (r < 0 || r >= kernel || q < 0 || q >= kernel)
                continue;
            for (size_t f = 0; f < s->filters; f++)
                sum = fma_real(place(a, b, i, j, f),
                               weight(a, (size_t)r, (size_t)q, c, f), sum);
        }
    return sum;
}

Test(convolution, each_pixel_is_one_chain_through_the_places_that_saw_it) {
    struct engine *engine = engine_new(2, NULL);
    for (size_t which = 0; which < SHAPES; which++)
        for (int start = FROM_ZERO; start <= FROM_ROW; start++) {
            struct arrays a = arrays_new(shape[which]);
            const struct conv *s = &a.shape;
            real *dx = numbers(a.x_size, 5), *old = numbers(a.x_size, 5);
            kernel_conv_input(engine, s, a.y, a.w, (enum matmul_start)start,
                              a.row, dx);
            for (size_t k = 0; k < a.x_size; k++) {
                const size_t c = k % s->channels, at = k / s->channels;
                check_bits(back_chain(&a, at / s->width / s->height,
                                      at / s->width % s->height,
                                      at % s->width, c,
                                      begin((enum matmul_start)start,
                                            old[k], a.row[c])),
                           dx[k], which, k);
            }
            free(dx);
            free(old);
            arrays_free(a);
        }
    engine_free(engine);
}

static real weight_chain(const struct arrays *a, size_t r, size_t q,
                         size_t c, size_t f, real sum) {
    const struct conv *s = &a->shape;
    for (size_t b = 0; b < s->batch; b++)
        for (size_t i = 0; i < conv_rows(s); i++)
            for (size_t j = 0; j < conv_cols(s); j++)
                sum = fma_real(
                    pixel(a, b, (long)(i * s->stride + r) - (long)s->padding,
                          (long)(j * s->stride + q) - (long)s->padding, c),
                    place(a, b, (long)i, (long)j, f), sum);
    return sum;
}

Test(convolution, each_weight_is_one_chain_through_the_batch) {
    struct engine *engine = engine_new(2, NULL);
    for (size_t which = 0; which < SHAPES; which++) {
        struct arrays a = arrays_new(shape[which]);
        const struct conv *s = &a.shape;
        real *dw = numbers(a.w_size, 5), *old = numbers(a.w_size, 5);
        kernel_conv_weights(engine, s, a.x, a.y, dw);
        for (size_t n = 0; n < a.w_size; n++) {
            const size_t f = n % s->filters, c = n / s->filters % s->channels;
            const size_t tap = n / s->filters / s->channels;
            check_bits(weight_chain(&a, tap / s->kernel, tap % s->kernel, c,
                                    f, old[n]),
                       dw[n], which, n);
        }
        free(dw);
        free(old);
        arrays_free(a);
    }
    engine_free(engine);
}

Test(convolution, the_bias_is_the_product_with_a_row_of_ones) {
    struct engine *engine = engine_new(1, NULL);
    enum { PIXELS = 77, CHANNELS = 19 };
    real *dy = numbers(PIXELS * CHANNELS, 1), ones[PIXELS];
    real *have = numbers(CHANNELS, 2), *want = numbers(CHANNELS, 2);
    for (size_t i = 0; i < PIXELS; i++)
        ones[i] = 1;
    kernel_conv_bias(engine, PIXELS, CHANNELS, dy, have);
    kernel_matmul(engine, &(struct matmul){
        .m = 1, .n = CHANNELS, .k = PIXELS, .a = ones, .b = dy, .c = want,
        .start = FROM_C});
    cr_assert_eq(memcmp(have, want, CHANNELS * sizeof *want), 0);
    free(dy);
    free(have);
    free(want);
    engine_free(engine);
}

/* The rows of pixels under the window, for kernel_matmul. */
static real *patches(const struct arrays *a) {
    const struct conv *s = &a->shape;
    const size_t rows = conv_rows(s), cols = conv_cols(s), k = s->kernel;
    real *to = numbers(s->batch * rows * cols * k * k * s->channels, 9);
    real *next = to;
    for (size_t at = 0; at < s->batch * rows * cols; at++)
        for (size_t tap = 0; tap < k * k; tap++)
            for (size_t c = 0; c < s->channels; c++)
                *next++ = pixel(a, at / cols / rows,
                                (long)(at / cols % rows * s->stride + tap / k)
                                    - (long)s->padding,
                                (long)(at % cols * s->stride + tap % k)
                                    - (long)s->padding, c);
    return to;
}

Test(convolution, is_a_product_with_the_rows_under_the_window) {
    struct engine *engine = engine_new(1, NULL);
    for (size_t which = 0; which < SHAPES; which++) {
        struct arrays a = arrays_new(shape[which]);
        const struct conv *s = &a.shape;
        const size_t places = s->batch * conv_rows(s) * conv_cols(s);
        const size_t depth = s->kernel * s->kernel * s->channels;
        real *rows = patches(&a);
        real *y = numbers(a.y_size, 5), *c = numbers(a.y_size, 5);
        real *dw = numbers(a.w_size, 6), *g = numbers(a.w_size, 6);
        kernel_conv(engine, s, a.x, a.w, FROM_ROW, a.row, y);
        kernel_conv_weights(engine, s, a.x, a.y, dw);
        kernel_matmul(engine, &(struct matmul){
            .m = places, .n = s->filters, .k = depth, .a = rows, .b = a.w,
            .c = c, .start = FROM_ROW, .row = a.row});
        kernel_matmul(engine, &(struct matmul){
            .m = depth, .n = s->filters, .k = places, .a = rows, .b = a.y,
            .a_transposed = true, .c = g, .start = FROM_C});
        cr_assert_eq(memcmp(y, c, a.y_size * sizeof *y), 0);
        cr_assert_eq(memcmp(dw, g, a.w_size * sizeof *dw), 0);
        real *const used[] = {rows, y, c, dw, g};
        for (size_t i = 0; i < 5; i++)
            free(used[i]);
        arrays_free(a);
    }
    engine_free(engine);
}

/* An infinite weight that no pixel meets makes no number of an edge. */
Test(convolution, a_zero_of_the_frame_is_a_term) {
    struct engine *engine = engine_new(1, NULL);
    const struct conv s = {1, 1, 1, 1, 1, 3, 1, 1};
    const real x = 2, dy = 1, zero = (real)-0.0;
    real w[9] = {0}, y, dx, dw[9];
    w[0] = (real)INFINITY;
    kernel_conv(engine, &s, &x, w, FROM_ZERO, NULL, &y);
    kernel_conv_input(engine, &s, &dy, w, FROM_ZERO, NULL, &dx);
    cr_assert(isnan(y));
    cr_assert(isnan(dx));
    for (size_t i = 0; i < 9; i++)
        dw[i] = zero;
    kernel_conv_weights(engine, &s, &x, &dy, dw);
    cr_assert(!signbit(dw[0]));
    cr_assert_eq(dw[4], 2);
    engine_free(engine);
}

#ifdef REAL_IS_DOUBLE
static double dot(size_t n, const real *a, const real *b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

Test(convolution, its_gradients_are_its_transposes) {
    struct engine *engine = engine_new(1, NULL);
    for (size_t which = 0; which < SHAPES; which++) {
        struct arrays a = arrays_new(shape[which]);
        real *y = numbers(a.y_size, 5), *dx = numbers(a.x_size, 6);
        real *dw = calloc(a.w_size, sizeof *dw);
        kernel_conv(engine, &a.shape, a.x, a.w, FROM_ZERO, NULL, y);
        kernel_conv_input(engine, &a.shape, a.y, a.w, FROM_ZERO, NULL, dx);
        kernel_conv_weights(engine, &a.shape, a.x, a.y, dw);
        const double forward = dot(a.y_size, y, a.y);
        const double bound = 1e-12 * (1 + (double)a.y_size +
                                      (double)(a.x_size * a.w_size));
        cr_assert_float_eq(dot(a.x_size, dx, a.x), forward, bound,
                           "shape %zu", which);
        cr_assert_float_eq(dot(a.w_size, dw, a.w), forward, bound,
                           "shape %zu", which);
        free(y);
        free(dx);
        free(dw);
        arrays_free(a);
    }
    engine_free(engine);
}

/* half the sum of squares of y, so that dy = y */
static double loss(struct engine *engine, const struct arrays *a, real *y) {
    kernel_conv(engine, &a->shape, a->x, a->w, FROM_ROW, a->row, y);
    return dot(a->y_size, y, y) / 2;
}

static void check_slopes(struct engine *engine, const struct arrays *a,
                         size_t n, real *input, const real *gradient,
                         real *y) {
    const double step = 1e-5;
    for (size_t i = 0; i < n; i++) {
        const real before = input[i];
        input[i] = before + step;
        const double above = loss(engine, a, y);
        input[i] = before - step;
        const double below = loss(engine, a, y);
        input[i] = before;
        const double slope = (above - below) / (2 * step);
        cr_assert_float_eq(gradient[i], slope,
                           1e-7 * (1 + fabs(slope) + above));
    }
}

Test(convolution, gradients_agree_with_finite_differences) {
    struct engine *engine = engine_new(1, NULL);
    for (size_t which = 0; which < SHAPES; which++) {
        struct arrays a = arrays_new(shape[which]);
        const struct conv *s = &a.shape;
        real *y = numbers(a.y_size, 5), *room = numbers(a.y_size, 5);
        real *dx = calloc(a.x_size + 1, sizeof *dx);
        real *dw = calloc(a.w_size, sizeof *dw);
        real *db = calloc(s->filters, sizeof *db);
        loss(engine, &a, y);
        kernel_conv_input(engine, s, y, a.w, FROM_C, NULL, dx);
        kernel_conv_weights(engine, s, a.x, y, dw);
        kernel_conv_bias(engine, a.y_size / s->filters, s->filters, y, db);
        check_slopes(engine, &a, a.x_size, a.x, dx, room);
        check_slopes(engine, &a, a.w_size, a.w, dw, room);
        check_slopes(engine, &a, s->filters, a.row, db, room);
        real *const used[] = {y, room, dx, dw, db};
        for (size_t i = 0; i < 5; i++)
            free(used[i]);
        arrays_free(a);
    }
    engine_free(engine);
}
#endif

Test(convolution, a_window_larger_than_the_frame_is_a_mistake,
     .signal = SIGABRT) {
    const struct conv s = {1, 3, 3, 1, 1, 4, 1, 0};
    conv_rows(&s);
}
