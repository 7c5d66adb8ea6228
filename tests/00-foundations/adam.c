#include "00-foundations/parameters.h"

#include <criterion/criterion.h>
#include <math.h>

static const struct adam usual = {(real)1e-3, (real)0.9, (real)0.999,
                                  (real)1e-8, 0};
static const double tolerance = 16 * (double)REAL_EPSILON;

/* Algorithm 1 of Kingma and Ba 2015, in double. */
struct reference { double m, v, w; };

static void published_step(struct reference *r, const struct adam *a,
                           int t, double g) {
    double b1 = (double)a->beta1, b2 = (double)a->beta2;
    r->m = b1 * r->m + (1 - b1) * g;
    r->v = b2 * r->v + (1 - b2) * g * g;
    double m_hat = r->m / (1 - pow(b1, t)), v_hat = r->v / (1 - pow(b2, t));
    r->w -= (double)a->rate * (double)a->decay * r->w;
    r->w -= (double)a->rate * m_hat / (sqrt(v_hat) + (double)a->epsilon);
}

Test(adam, agrees_with_the_published_update) {
    struct engine *engine = engine_new(2, NULL);
    struct rng_stream s = {9, RNG_TEST, 0, 0};
    enum { N = 77, STEPS = 300 };
    struct adam adam = usual;
    for (int decayed = 0; decayed < 2; decayed++) {
        struct reference r[N];
        real g[N], m[N] = {0}, v[N] = {0}, w[N];
        adam.decay = decayed ? (real)0.1 : 0;
        for (size_t i = 0; i < N; i++)
            r[i] = (struct reference){0, 0, (double)(w[i] = (real)i / N)};
        for (int t = 1; t <= STEPS; t++) {
            s.step = (uint32_t)t;
            kernel_normal(engine, s, 1, N, g);
            for (size_t i = 0; i < N; i++)
                published_step(&r[i], &adam, t, (double)g[i]);
            kernel_adam(engine, &adam, (uint64_t)t, N, g, m, v, w);
        }
        for (size_t i = 0; i < N; i++)
            cr_assert_float_eq((double)w[i], r[i].w, 10 * tolerance);
    }
    engine_free(engine);
}

Test(adam, corrected_moments_of_a_constant_gradient_are_exact) {
    struct engine *engine = engine_new(1, NULL);
    real m = 0, v = 0, w = 0;
    for (int t = 1; t <= 1000; t++) {
        real g = 3, before = w;
        kernel_adam(engine, &usual, (uint64_t)t, 1, &g, &m, &v, &w);
        double m_hat = (double)m / (1 - pow((double)usual.beta1, t));
        double v_hat = (double)v / (1 - pow((double)usual.beta2, t));
        cr_assert_float_eq(m_hat, 3, 3 * 10 * tolerance);
        cr_assert_float_eq(v_hat, 9, 9 * 100 * tolerance);
        cr_assert_float_eq((double)(before - w), 1e-3, 1e-3 * 1e-3,
                           "each step has the length of the rate");
    }
    engine_free(engine);
}

Test(adam, the_first_step_does_not_depend_on_the_size_of_the_gradient) {
    struct engine *engine = engine_new(1, NULL);
    for (int e = -4; e <= 4; e++) {
        real g = (real)pow(10, e), m = 0, v = 0, w = 0;
        kernel_adam(engine, &usual, 1, 1, &g, &m, &v, &w);
        cr_assert_float_eq((double)w, -1e-3, 1e-3 * 2e-4);
    }
    engine_free(engine);
}

Test(adam, momentum_sums_gradients_and_a_decayed_weight_shrinks) {
    struct engine *engine = engine_new(1, NULL);
    const struct sgd sgd = {(real)0.5, (real)0.5};
    real g = 1, m = 0, w = 0;
    kernel_sgd(engine, &sgd, 1, &g, &m, &w);
    cr_assert(m == 1 && w == (real)-0.5);
    kernel_sgd(engine, &sgd, 1, &g, &m, &w);
    cr_assert(m == (real)1.5 && w == (real)-1.25);
    struct adam adam = {(real)0.5, (real)0.9, (real)0.999, 1, (real)0.5};
    g = 0, m = 0;
    real v = 0;
    w = 8;
    kernel_adam(engine, &adam, 1, 1, &g, &m, &v, &w);
    cr_assert_eq(w, 6);
    engine_free(engine);
}

Test(adam, a_weight_without_gradient_fades_geometrically) {
    struct engine *engine = engine_new(1, NULL);
    struct adam adam = usual;
    adam.decay = (real)0.5;
    real g = 0, m = 0, v = 0, w = 3;
    for (uint64_t t = 1; t <= 200; t++)
        kernel_adam(engine, &adam, t, 1, &g, &m, &v, &w);
    cr_assert(m == 0 && v == 0);
    cr_assert_float_eq((double)w, 3 * pow(1 - 1e-3 * 0.5, 200),
                       200 * 3 * (double)REAL_EPSILON);
    engine_free(engine);
}

/* A moment that stays subnormal slows every step that follows. */
Test(adam, moments_without_gradient_end_at_zero_and_are_never_subnormal) {
    struct engine *engine = engine_new(1, NULL);
    const struct adam fast = {(real)1e-3, (real)0.5, (real)0.75,
                              (real)1e-8, 0};
    const struct sgd sgd = {(real)0.1, (real)0.5};
    real g = (real)-1e-3, zero = 0, m = 0, v = 0, w = 0, sum = 0, u = 0;
    kernel_adam(engine, &fast, 1, 1, &g, &m, &v, &w);
    kernel_sgd(engine, &sgd, 1, &g, &sum, &u);
    for (uint64_t t = 2; t <= 5000; t++) {
        kernel_adam(engine, &fast, t, 1, &zero, &m, &v, &w);
        kernel_sgd(engine, &sgd, 1, &zero, &sum, &u);
        cr_assert_neq(fpclassify(m), FP_SUBNORMAL);
        cr_assert_neq(fpclassify(v), FP_SUBNORMAL);
        cr_assert_neq(fpclassify(sum), FP_SUBNORMAL);
    }
    cr_assert(m == 0 && v == 0 && sum == 0);
    g = NAN;
    kernel_adam(engine, &fast, 5001, 1, &g, &m, &v, &w);
    cr_assert(isnan(m) && isnan(v), "a loss that is lost is not hidden");
    engine_free(engine);
}
