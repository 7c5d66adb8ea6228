/* Every kernel but the product against its plain loop, bit by bit. */
#ifndef REAL_IS_DOUBLE

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "performance/kernel-set.h"

enum { LARGEST = 40000, ARRAYS = 4 };

struct arrays { real in[ARRAYS][LARGEST], out[ARRAYS][LARGEST];
                uint8_t labels[LARGEST]; };

/* one call of a kernel: n = rows * cols elements */
struct call { const struct kernel_set *k; struct engine *e;
              size_t rows, cols, n; struct arrays *a; };

static const struct rng_stream stream = {
    .seed = 0x123456789abcdefu, .purpose = 3, .step = 7, .example = 1000};

static void maps(const struct call *c)
{
    for (int f = MAP_EXP; f <= MAP_RELU; f++) {
        real *y = c->a->out[f % 2];
        c->k->kernel_map(c->e, (enum map)f, c->n, c->a->in[f % 3], y);
        c->k->kernel_map_backward(c->e, (enum map)f, c->n, c->a->in[f % 3],
                                  y, c->a->in[3],
                                  f % 2 ? FROM_C : FROM_ZERO,
                                  c->a->out[2]);
        c->k->kernel_map_backward(c->e, (enum map)f, c->n, c->a->in[f % 3],
                                  y, c->a->in[3], FROM_C, c->a->out[2]);
        c->k->kernel_zip(c->e, ZIP_SUB, c->n, y, c->a->in[1],
                         c->a->out[3]);
    }
}

static void special_values(const struct call *c)
{
    static const real special[] = {
        0, -0.0f, INFINITY, -INFINITY, NAN, 1e-40f, -1e-40f, 88.8f, -104,
        3e38f, -3e38f, 1, -1, 1.17549435e-38f};
    enum { SPECIALS = sizeof special / sizeof special[0] };
    real *x = c->a->out[3];
    for (size_t i = 0; i < c->n; i++)
        x[i] = special[i % SPECIALS];
    for (int f = MAP_EXP; f <= MAP_RELU; f++) {
        c->k->kernel_map(c->e, (enum map)f, c->n, x, c->a->out[0]);
        c->k->kernel_axpy(c->e, c->n, 0.5f, c->a->out[0], c->a->out[1]);
    }
}

static void linear(const struct call *c)
{
    struct arrays *a = c->a;
    for (int f = ZIP_ADD; f <= ZIP_MUL; f++)
        c->k->kernel_zip(c->e, (enum zip)f, c->n, a->in[0], a->in[1],
                         a->out[f]);
    c->k->kernel_multiply_add(c->e, c->n, a->in[2], a->in[3], a->out[0]);
    c->k->kernel_axpy(c->e, c->n, 0.3f, a->in[2], a->out[1]);
    c->k->kernel_scale(c->e, c->n, 1 / 3.0f, a->in[3], a->out[3]);
}

static void sums(const struct call *c)
{
    c->a->out[0][0] = c->k->kernel_sum(c->e, c->n, c->a->in[0]);
    c->k->kernel_sum_rows(c->e, c->rows, c->cols, c->a->in[1],
                          c->a->out[1]);
}

static void cross_entropy(const struct call *c)
{
    if (c->cols == 0)
        return;
    struct arrays *a = c->a;
    for (size_t r = 0; r < c->rows; r++)
        a->labels[r] = (uint8_t)(r * 7 % c->cols);
    c->k->kernel_softmax_cross_entropy(c->e, c->rows, c->cols, a->in[0],
                                       a->labels, a->out[0], a->out[1]);
    c->k->kernel_softmax_cross_entropy_backward(
        c->e, c->rows, c->cols, a->out[1], a->labels, a->in[2], a->out[2]);
}

static void bernoulli(const struct call *c)
{
    struct arrays *a = c->a;
    c->k->kernel_bernoulli_nll(c->e, c->rows, c->cols, a->in[0], a->in[1],
                               a->out[0]);
    c->k->kernel_bernoulli_nll_backward(c->e, c->rows, c->cols, a->in[0],
                                        a->in[1], a->in[2], FROM_C,
                                        a->out[1]);
    c->k->kernel_bernoulli_nll_backward(c->e, c->rows, c->cols, a->in[0],
                                        a->in[1], a->in[2], FROM_ZERO,
                                        a->out[2]);
}

static void gaussian(const struct call *c)
{
    struct arrays *a = c->a;
    c->k->kernel_gaussian_sample(c->e, c->n, a->in[0], a->in[1], a->in[2],
                                 a->out[0]);
    c->k->kernel_gaussian_sample_backward(c->e, c->n, a->in[1], a->in[2],
                                          a->in[3], a->out[1], a->out[2]);
    c->k->kernel_gaussian_kl(c->e, c->rows, c->cols, a->in[0], a->in[1],
                             a->out[3]);
    c->k->kernel_gaussian_kl_backward(c->e, c->rows, c->cols, a->in[0],
                                      a->in[1], a->in[2], a->out[1],
                                      a->out[2]);
}

static void one_gradient(const struct call *c)
{
    struct arrays *a = c->a;
    c->k->kernel_gaussian_sample_backward(c->e, c->n, a->in[1], a->in[2],
                                          a->in[3], NULL, a->out[0]);
    c->k->kernel_gaussian_sample_backward(c->e, c->n, a->in[1], a->in[2],
                                          a->in[3], a->out[1], NULL);
    c->k->kernel_gaussian_kl_backward(c->e, c->rows, c->cols, a->in[0],
                                      a->in[1], a->in[2], NULL, a->out[2]);
    c->k->kernel_gaussian_kl_backward(c->e, c->rows, c->cols, a->in[0],
                                      a->in[1], a->in[2], a->out[3], NULL);
}

static void random_numbers(const struct call *c)
{
    struct arrays *a = c->a;
    c->k->kernel_uniform(c->e, stream, c->rows, c->cols, a->out[0]);
    c->k->kernel_normal(c->e, stream, c->rows, c->cols, a->out[1]);
    c->k->kernel_binarise(c->e, stream, c->rows, c->cols, a->in[0],
                          a->out[2]);
}

static void adam(const struct call *c)
{
    const struct adam rule = {1e-3f, 0.9f, 0.999f, 1e-8f, 0.01f};
    real *v = c->a->out[2];
    for (size_t i = 0; i < c->n; i++)
        v[i] = fabsf(v[i]);
    for (uint64_t step = 1; step < 4; step++) {
        memcpy(c->a->out[0], c->a->in[step], c->n * sizeof(real));
        c->k->kernel_adam(c->e, &rule, step, c->n, c->a->out[0],
                          c->a->out[1], v, c->a->out[3]);
    }
}

static void sgd(const struct call *c)
{
    const struct sgd rule = {0.1f, 0.9f};
    c->k->kernel_sgd(c->e, &rule, c->n, c->a->out[0], c->a->out[1],
                     c->a->out[2]);
}

static const struct { const char *name; void (*run)(const struct call *); }
calls[] = {
    {"map", maps}, {"map of special values", special_values},
    {"linear", linear}, {"sum", sums}, {"cross entropy", cross_entropy},
    {"bernoulli", bernoulli}, {"gaussian", gaussian},
    {"one gradient", one_gradient}, {"random", random_numbers},
    {"adam", adam}, {"sgd", sgd},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static void fill(struct arrays *a)
{
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    struct rng_stream s = {.seed = 2};
    for (s.purpose = 0; s.purpose < ARRAYS; s.purpose++) {
        plain_kernels.kernel_normal(plain, s, 1, LARGEST, a->in[s.purpose]);
        s.step = 1;
        plain_kernels.kernel_normal(plain, s, 1, LARGEST,
                                    a->out[s.purpose]);
        s.step = 0;
    }
    for (size_t i = 0; i < LARGEST; i++)
        a->in[0][i] *= 9;
    plain_kernels.engine_free(plain);
}

/* what each call leaves in the plain arrays, and in the fast ones */
static void compare(struct engine *plain, struct engine *fast, size_t rows,
                    size_t cols, const struct arrays *start,
                    struct arrays *a, struct arrays *b)
{
    for (size_t i = 0; i < CALLS; i++) {
        memcpy(a, start, sizeof *a);
        memcpy(b, start, sizeof *b);
        const size_t n = rows * cols;
        calls[i].run(&(struct call){&plain_kernels, plain, rows, cols, n, a});
        static const struct kernel_set linked = LINKED_KERNELS;
        calls[i].run(&(struct call){&linked, fast, rows, cols, n, b});
        cr_assert(same_bits(ARRAYS * LARGEST, a->out[0], b->out[0]),
                  "%s, %zu x %zu, %s, %zu threads", calls[i].name, rows,
                  cols, engine_isa(fast), engine_threads(fast));
    }
}

Test(performance, every_loop_is_the_plain_loop_to_the_bit)
{
    static const size_t shape[][2] = {
        {0, 5}, {1, 0}, {1, 1}, {2, 3}, {3, 1}, {5, 17}, {1, 64}, {16, 31},
        {33, 63}, {17, 65}, {129, 129}, {47, 784}, {3, 9001}, {39999, 1}};
    struct arrays *all = malloc(3 * sizeof *all);
    cr_assert(all != NULL);
    fill(&all[0]);
    struct engine *plain = plain_kernels.engine_new(1, NULL);
    for (size_t i = 0; i < ENGINES; i++) {
        struct engine *fast = engine_numbered(i);
        for (size_t s = 0; fast != NULL && s < sizeof shape / sizeof *shape;
             s++)
            compare(plain, fast, shape[s][0], shape[s][1], &all[0], &all[1],
                    &all[2]);
        engine_free(fast);
    }
    plain_kernels.engine_free(plain);
    free(all);
}

#endif
