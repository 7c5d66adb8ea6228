/* Finite differences need the digits of double. */
#include "00-foundations/gradients.h"

#include <criterion/criterion.h>
#include <math.h>
#include "00-foundations/dense.h"
#include "00-foundations/ops.h"

#ifdef REAL_IS_DOUBLE
Test(gradients, every_operation_agrees_with_finite_differences) {
    struct engine *engine = engine_new(1, NULL);
    for (size_t i = 0; i < foundations_gradient_count; i++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            double error =
                gradient_error(engine, &foundations_gradients[i], seed);
            cr_assert(error <= 1e-7, "%s: %g",
                      foundations_gradients[i].operation, error);
        }
    engine_free(engine);
}

static struct node *quartic(void *context, struct tape *t,
                            struct parameters *ps) {
    struct node *w = tape_parameter(t, &ps->item[0]);
    struct node *w2 = op_mul(t, w, w);
    (void)context;
    return op_sum(t, op_add(t, op_mul(t, w2, w2), op_mul(t, w2, w)));
}

static struct parameters *numbers(struct arena *arena, size_t n) {
    struct parameter_spec spec = {"w", 1, {n}};
    struct parameters *ps = parameters_new(arena, 1, &spec);
    for (size_t i = 0; i < n; i++)
        ps->value[i] = ((real)i - (real)n / 2) / 4;
    return ps;
}

Test(gradients, central_differences_are_exact_for_quartics) {
    struct arena *arena = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct parameters *ps = numbers(arena, 17);
    double error = check_gradient(engine, ps, quartic, NULL);
    cr_assert(error <= 1e-9, "only rounding is left, not %g", error);
    cr_assert_eq(ps->value[16], 1.875, "parameters are put back");
    arena_free(arena);
    engine_free(engine);
}

static struct node *rectified(void *context, struct tape *t,
                              struct parameters *ps) {
    (void)context;
    return op_sum(t, op_relu(t, tape_parameter(t, &ps->item[0])));
}

Test(gradients, a_difference_across_a_kink_mixes_its_slopes) {
    struct arena *arena = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct parameters *ps = numbers(arena, 1);
    const double theta[] = {0.25, 0.5, 1, 1.5, 2, 3};
    for (size_t i = 0; i < sizeof theta / sizeof theta[0]; i++) {
        double x = theta[i];
        double slope = x <= 1 ? 0.5 + x * 7 / 12 : x <= 2 ? (14 - x) / 12 : 1;
        ps->value[0] = (real)(x / 1024);
        double error = check_gradient(engine, ps, rectified, NULL);
        cr_assert_float_eq(error, fabs(1 - slope) / fmax(1, slope), 1e-6,
                           "at %g h: %g", x, error);
    }
    arena_free(arena);
    engine_free(engine);
}

/* A square that forgets the factor two. */
static void wrong_backward(struct tape *t, struct node *y) {
    struct node *x = y->input[0];
    kernel_multiply_add(tape_engine(t), tensor_size(&x->value),
                        y->grad.data, x->value.data, x->grad.data);
}

static struct node *wrong_square(void *context, struct tape *t,
                                 struct parameters *ps) {
    struct node *w = tape_parameter(t, &ps->item[0]);
    struct node *y = op_mul(t, w, w);
    (void)context;
    y->backward = wrong_backward;
    return op_sum(t, y);
}

Test(gradients, a_wrong_derivative_is_found) {
    struct arena *arena = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    double error = check_gradient(engine, numbers(arena, 5), wrong_square,
                                  NULL);
    cr_assert_float_eq(error, 0.5, 1e-6);
    arena_free(arena);
    engine_free(engine);
}

static const uint8_t labels[] = {1, 0, 2, 2};

static struct node *network(void *context, struct tape *t,
                            struct parameters *ps) {
    struct dense hidden = dense_at(ps, 0), output = dense_at(ps, 2);
    struct node *x = tape_constant(t, *(struct tensor *)context);
    struct node *h = op_tanh(t, dense_forward(t, &hidden, x));
    struct node *l = dense_forward(t, &output, h);
    return op_mean(t, op_softmax_cross_entropy(t, l, labels));
}

Test(gradients, a_network_of_random_shape_agrees_with_finite_differences) {
    struct engine *engine = engine_new(2, NULL);
    for (size_t n = 1; n < 8; n += 3) {
        struct arena *arena = arena_new(1 << 20);
        const struct parameter_spec spec[] = {
            DENSE_SPEC("hidden", n, n + 2), DENSE_SPEC("output", n + 2, 3)};
        struct parameters *ps = parameters_new(arena, 4, spec);
        struct tensor x = tensor_new2(arena, 4, n);
        struct rng_stream s = {n, RNG_TEST, 0, 0};
        kernel_normal(engine, s, 1, 4 * n, x.data);
        parameters_init_glorot_uniform(ps, 0, n);
        parameters_init_he_normal(ps, 2, n);
        cr_assert(check_gradient(engine, ps, network, &x) <= 1e-7);
        arena_free(arena);
    }
    engine_free(engine);
}
#endif
