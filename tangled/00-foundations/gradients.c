/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/gradients.h"

#include "00-foundations/ops.h"

enum { CASE_ARENA = 1 << 20 };

/* weigh the outputs of an operation and sum */
static struct node *weighed(void *context, struct tape *t,
                            struct parameters *ps) {
    const struct gradient_case *c = context;
    struct node *in[NODE_MAX_INPUTS];
    for (size_t i = 0; i < ps->count; i++)
        in[i] = tape_parameter(t, &ps->item[i]);
    struct node *y = c->apply(t, in);
    struct tensor weight = tensor_like(tape_arena(t), &y->value);
    struct rng_stream s = {.purpose = RNG_TEST};
    for (size_t i = 0; i < tensor_size(&weight); i++)
        weight.data[i] = rng_uniform(s, 0, (uint32_t)i) - (real)0.5;
    return op_sum(t, op_mul(t, y, tape_constant(t, weight)));
}
/* draw inputs and check */
double gradient_error(struct engine *engine, const struct gradient_case *c,
                      uint64_t seed) {
    struct arena *arena = arena_new(CASE_ARENA);
    struct parameters *ps = parameters_new(arena, c->inputs, c->input);
    struct rng_stream s = {.seed = seed, .purpose = RNG_TEST, .step = 1};
    for (size_t i = 0; i < ps->total; i++) {
        real size = rng_uniform(s, 0, (uint32_t)i) + (real)0.25;
        bool minus = !c->positive && rng_word(s, 1, (uint32_t)i) % 2 == 1;
        ps->value[i] = minus ? -size : size;
    }
    struct gradient_case copy = *c;
    double error = check_gradient(engine, ps, weighed, &copy);
    arena_free(arena);
    return error;
}
/* print the errors */
size_t gradients_print(FILE *out, struct engine *engine, size_t count,
                       const struct gradient_case cases[]) {
    size_t bad = 0;
    fprintf(out, "%-26s %s\n", "operation", "error of its gradient");
    for (size_t i = 0; i < count; i++) {
        double error = gradient_error(engine, &cases[i], 1);
        bad += error <= 1e-7 ? 0 : 1;
        fprintf(out, "%-26s %.1e%s\n", cases[i].operation, error,
                error <= 1e-7 ? "" : "   too large");
    }
    return bad;
}
/* list the operations of this chapter */
#define APPLY(name, call)                                               \
    static struct node *apply_##name(struct tape *t,                    \
                                     struct node *const in[]) {         \
        return call;                                                    \
    }
APPLY(affine, op_affine(t, in[0], in[1], in[2]))
APPLY(matmul, op_matmul(t, in[0], in[1]))
APPLY(add, op_add(t, in[0], in[1]))
APPLY(sub, op_sub(t, in[0], in[1]))
APPLY(mul, op_mul(t, in[0], in[1]))
APPLY(square, op_mul(t, in[0], in[0]))
APPLY(scale, op_scale(t, in[0], (real)-2.5))
APPLY(exp, op_exp(t, in[0]))
APPLY(log, op_log(t, in[0]))
APPLY(tanh, op_tanh(t, in[0]))
APPLY(sigmoid, op_sigmoid(t, in[0]))
APPLY(softplus, op_softplus(t, in[0]))
APPLY(relu, op_relu(t, in[0]))
APPLY(sum, op_sum(t, in[0]))
APPLY(mean, op_mean(t, in[0]))
static const uint8_t some_labels[] = {2, 0, 3};
APPLY(softmax, op_softmax_cross_entropy(t, in[0], some_labels))
#define X {"x", 2, {3, 5}}
#define TWO_X {"a", 2, {3, 5}}, {"b", 2, {3, 5}}
const struct gradient_case foundations_gradients[] = {
    {"op_affine", apply_affine, 3,
     {{"x", 2, {4, 3}}, {"w", 2, {3, 5}}, {"b", 1, {5}}}, false},
    {"op_matmul", apply_matmul, 2, {{"a", 2, {4, 3}}, {"b", 2, {3, 5}}},
     false},
    {"op_add", apply_add, 2, {TWO_X}, false},
    {"op_sub", apply_sub, 2, {TWO_X}, false},
    {"op_mul", apply_mul, 2, {TWO_X}, false},
    {"op_mul, a square", apply_square, 1, {X}, false},
    {"op_scale", apply_scale, 1, {X}, false},
    {"op_exp", apply_exp, 1, {X}, false},
    {"op_log", apply_log, 1, {X}, true},
    {"op_tanh", apply_tanh, 1, {X}, false},
    {"op_sigmoid", apply_sigmoid, 1, {X}, false},
    {"op_softplus", apply_softplus, 1, {X}, false},
    {"op_relu", apply_relu, 1, {X}, false},
    {"op_sum", apply_sum, 1, {X}, false},
    {"op_mean", apply_mean, 1, {X}, false},
    {"op_softmax_cross_entropy", apply_softmax, 1, {X}, false},
};
const size_t foundations_gradient_count =
    sizeof foundations_gradients / sizeof foundations_gradients[0];
