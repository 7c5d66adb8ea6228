/* The fast convolutions against the plain loops, bit by bit. */
#ifndef REAL_IS_DOUBLE

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "performance/engine.h"
#include "performance/kernel-set.h"

enum { LARGEST = 1 << 18 };

struct data { real x[LARGEST], w[LARGEST], dy[LARGEST], old[LARGEST],
                   row[LARGEST], plain[LARGEST], fast[LARGEST]; };

static struct data *data_new(void)
{
    struct data *d = malloc(sizeof *d);
    cr_assert(d != NULL);
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    real *const part[] = {d->x, d->w, d->dy, d->old, d->row};
    for (uint32_t i = 0; i < 5; i++)
        plain_kernels.kernel_normal(
            plain, (struct rng_stream){.seed = 2, .purpose = i}, 1, LARGEST,
            part[i]);
    plain_kernels.engine_free(plain);
    return d;
}

/* Beyond the last element stands a guard that must not change. */
static void compare(const struct data *d, size_t size, const char *what,
                    const struct conv *s, struct engine *fast)
{
    cr_assert(size < LARGEST);
    cr_assert(same_bits(size + 8, d->plain, d->fast),
              "%s of %zu x %zu x %zu x %zu, %zu filters, kernel %zu, stride "
              "%zu, padding %zu, %s, %zu threads", what, s->batch, s->height,
              s->width, s->channels, s->filters, s->kernel, s->stride,
              s->padding, engine_isa(fast), engine_threads(fast));
}

static void refill(struct data *d, size_t size)
{
    cr_assert(size + 8 < LARGEST);
    memcpy(d->plain, d->old, (size + 8) * sizeof(real));
    memcpy(d->fast, d->old, (size + 8) * sizeof(real));
}

static void compare_shape(struct data *d, struct engine *plain,
                          struct engine *fast, const struct conv *s,
                          enum matmul_start start)
{
    const size_t places = s->batch * conv_rows(s) * conv_cols(s);
    const size_t x = s->batch * s->height * s->width * s->channels;
    const size_t w = s->kernel * s->kernel * s->channels * s->filters;
    cr_assert(x < LARGEST && w < LARGEST && places * s->filters < LARGEST);
    refill(d, places * s->filters);
    plain_kernels.kernel_conv(plain, s, d->x, d->w, start, d->row, d->plain);
    kernel_conv(fast, s, d->x, d->w, start, d->row, d->fast);
    compare(d, places * s->filters, "result", s, fast);
    refill(d, x);
    plain_kernels.kernel_conv_input(plain, s, d->dy, d->w, start, d->row,
                                    d->plain);
    kernel_conv_input(fast, s, d->dy, d->w, start, d->row, d->fast);
    compare(d, x, "input's gradient", s, fast);
    refill(d, w);
    plain_kernels.kernel_conv_weights(plain, s, d->x, d->dy, d->plain);
    kernel_conv_weights(fast, s, d->x, d->dy, d->fast);
    compare(d, w, "weights' gradient", s, fast);
    refill(d, s->filters);
    plain_kernels.kernel_conv_bias(plain, places, s->filters, d->dy,
                                   d->plain);
    kernel_conv_bias(fast, places, s->filters, d->dy, d->fast);
    compare(d, s->filters, "bias's gradient", s, fast);
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

/* every kernel, stride and padding, on images of drawn sizes */
static void small_shapes(struct data *d, struct engine *plain,
                         struct engine *fast)
{
    static const size_t size[] = {1, 2, 3, 5, 7, 8, 13};
    static const size_t channel[] = {1, 2, 3, 5, 8, 17, 33};
    const struct rng_stream s = {.seed = 3, .purpose = RNG_TEST};
    uint32_t at = 0;
    for (size_t kernel = 1; kernel <= 5; kernel++)
        for (size_t stride = 1; stride <= 4; stride++)
            for (size_t padding = 0; padding <= 2; padding++)
                for (size_t draw = 0; draw < 4; draw++, at++) {
                    struct conv c = {
                        rng_word(s, at, 0) % 4, size[rng_word(s, at, 1) % 7],
                        size[rng_word(s, at, 2) % 7],
                        channel[rng_word(s, at, 3) % 7],
                        channel[rng_word(s, at, 4) % 7], kernel, stride,
                        padding};
                    while (c.height + 2 * padding < kernel)
                        c.height++;
                    while (c.width + 2 * padding < kernel)
                        c.width++;
                    compare_shape(d, plain, fast, &c,
                                  (enum matmul_start)(at % 3));
                }
}

/* the autoencoder's layers; many channels, so that chains pause; images
   that make a group each; images in several bands; a strip of one
   vector, of two and of four, its adjoint as it lies or packed; few
   channels, and more than a block of pixels */
static void large_shapes(struct data *d, struct engine *plain,
                         struct engine *fast)
{
    static const struct conv shape[] = {
        {21, 28, 28, 1, 32, 4, 2, 1}, {17, 28, 28, 1, 32, 3, 2, 1},
        {11, 14, 14, 32, 64, 4, 2, 1}, {9, 14, 14, 32, 64, 3, 2, 1},
        {2, 7, 7, 101, 70, 3, 1, 1}, {3, 5, 4, 300, 24, 2, 1, 0},
        {1, 41, 37, 40, 20, 3, 1, 1}, {2, 31, 60, 17, 3, 5, 3, 2},
        {1100, 1, 1, 64, 3, 5, 1, 2}, {43, 6, 6, 1, 64, 3, 2, 1},
        {37, 5, 7, 2, 16, 3, 1, 1}, {29, 6, 5, 1, 19, 4, 2, 1},
        {23, 7, 6, 64, 32, 2, 1, 0}, {19, 4, 5, 9, 128, 3, 2, 1},
        {33, 9, 4, 16, 17, 3, 1, 1}, {400, 1, 1, 4, 16, 1, 1, 0},
        {3, 37, 29, 3, 9, 3, 2, 1}, {2, 45, 31, 4, 5, 4, 3, 2},
        {1, 2, 300, 2, 3, 3, 1, 1}, {2, 24, 19, 1, 6, 2, 3, 0}};
    for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++)
        compare_shape(d, plain, fast, &shape[i], (enum matmul_start)(i % 3));
}

Test(performance, convolutions_are_the_plain_loops_to_the_bit)
{
    compare_all(small_shapes);
}

Test(performance, convolutions_in_groups_are_the_plain_loops_to_the_bit)
{
    compare_all(large_shapes);
}

/* Weights that are no numbers, zeros of either sign. */
static void special_values(struct data *d, struct engine *plain,
                           struct engine *fast)
{
    static const real value[] = {0, (real)-0.0, 1, -1, (real)INFINITY,
                                 (real)-INFINITY, (real)NAN, (real)1e-40};
    const struct rng_stream s = {.seed = 4, .purpose = RNG_TEST};
    real *const part[] = {d->x, d->w, d->dy, d->old, d->row};
    for (uint32_t p = 0; p < 5; p++)
        for (uint32_t i = 0; i < LARGEST / 64; i++)
            part[p][i] = value[rng_word(s, p, i) % (i % 3 == 0 ? 8 : 4)];
    for (size_t kernel = 1; kernel <= 4; kernel++)
        for (size_t padding = 0; padding <= 2; padding++)
            compare_shape(d, plain, fast,
                          &(struct conv){1, 4, 5, 2, 3, kernel, 2, padding},
                          (enum matmul_start)(padding % 3));
}

Test(performance, convolutions_of_special_values_are_the_plain_loops)
{
    compare_all(special_values);
}

/* A second step, with all its layers, finds the room of the first. */
Test(performance, convolutions_ask_for_room_once)
{
    static const struct conv shape[] = {{5, 28, 28, 1, 32, 4, 2, 1},
                                        {5, 14, 14, 32, 64, 4, 2, 1}};
    struct data *d = data_new();
    struct engine *engine = engine_new(2, NULL);
    size_t room = 0;
    for (size_t step = 0; step < 3; step++) {
        for (size_t i = 0; i < 2; i++) {
            kernel_conv(engine, &shape[i], d->x, d->w, FROM_ROW, d->row,
                        d->fast);
            kernel_conv_weights(engine, &shape[i], d->x, d->dy, d->fast);
            kernel_conv_input(engine, &shape[i], d->dy, d->w, FROM_C, NULL,
                              d->fast);
        }
        if (step == 0)
            room = engine->room_size;
        cr_assert_eq(engine->room_size, room);
    }
    engine_free(engine);
    free(d);
}

#endif
