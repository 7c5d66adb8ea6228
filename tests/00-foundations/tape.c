#include "00-foundations/ops.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct parameters *two_weights(struct arena *arena) {
    const struct parameter_spec spec[] = {
        {"w", 2, {2, 1}}, {"v", 2, {1, 2}}};
    struct parameters *ps = parameters_new(arena, 2, spec);
    memcpy(ps->item[0].value.data, (real[]){(real)0.5, 1},
           2 * sizeof(real));
    memcpy(ps->item[1].value.data, (real[]){(real)0.5, (real)0.5},
           2 * sizeof(real));
    return ps;
}

/* eq:two-pixels; all numbers are exact in binary */
Test(tape, the_two_pixel_example_has_the_gradients_derived_by_hand) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    real pixels[2] = {1, (real)0.5};
    struct node *x = tape_constant(t, tensor_view2(pixels, 1, 2));
    struct node *z = op_matmul(t, x, tape_parameter(t, &ps->item[0]));
    struct node *x_hat = op_matmul(t, z, tape_parameter(t, &ps->item[1]));
    struct node *e = op_sub(t, x_hat, x);
    struct node *loss = op_scale(t, op_sum(t, op_mul(t, e, e)), (real)0.5);
    tape_backward(t, loss);
    cr_assert_eq(z->value.data[0], 1);
    cr_assert_eq(loss->value.data[0], (real)0.125);
    cr_assert_eq(x_hat->grad.data[0], (real)-0.5);
    cr_assert_eq(x_hat->grad.data[1], 0);
    cr_assert_eq(z->grad.data[0], (real)-0.25);
    cr_assert_eq(ps->item[0].grad.data[0], (real)-0.25);
    cr_assert_eq(ps->item[0].grad.data[1], (real)-0.125);
    cr_assert_eq(ps->item[1].grad.data[0], (real)-0.5);
    cr_assert_eq(ps->item[1].grad.data[1], 0);
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}

Test(tape, gradients_of_parameters_accumulate_over_recordings) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    size_t used = 0;
    for (int i = 1; i <= 3; i++) {
        tape_reset(t);
        struct node *w = tape_parameter(t, &ps->item[0]);
        tape_backward(t, op_sum(t, op_mul(t, w, w)));
        cr_assert_eq(ps->item[0].grad.data[1], 2 * (real)i);
        cr_assert(i == 1 || used == arena_used(step),
                  "a reset gives everything back");
        used = arena_used(step);
    }
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}

/* Gradients of earlier steps would be added to this one's, or an unused
   parameter would be moved by its gradient of the step before. */
Test(tape, gradients_begin_anew_after_an_update) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    const struct sgd still = {0, 0};
    for (int i = 0; i < 3; i++) {
        tape_reset(t);
        struct node *w = tape_parameter(t, &ps->item[0]);
        struct node *v = tape_parameter(t, &ps->item[1]);
        struct node *product = op_matmul(t, w, v);
        tape_backward(t, op_sum(t, i < 2 ? product : op_mul(t, w, w)));
        parameters_sgd(engine, ps, &still);
        cr_assert_eq(ps->item[0].grad.data[1], i < 2 ? 1 : 2);
        cr_assert_eq(ps->item[1].grad.data[1], i < 2 ? (real)1.5 : 0);
    }
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}

/* The first of three uses may write where the others must add; which is
   first depends on the order on the tape. */
Test(tape, whoever_comes_first_starts_an_adjoint_and_all_others_add) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    for (int order = 0; order < 6; order++) {
        tape_reset(t);
        memset(ps->grad, 0, ps->total * sizeof *ps->grad);
        struct node *w = tape_parameter(t, &ps->item[0]);
        struct node *v = tape_parameter(t, &ps->item[1]);
        struct node *h = op_scale(t, w, 1), *total = op_sum(t, w);
        for (int i = 0; i < 3; i++) {
            int use = (order % 3 + (order < 3 ? i : 3 - i)) % 3;
            struct node *y = use == 0 ? op_matmul(t, h, v) :
                             use == 1 ? op_relu(t, h) : op_mul(t, h, h);
            total = op_add(t, total, op_sum(t, y));
        }
        tape_backward(t, total);
        cr_assert_eq(h->grad.data[0], 1 + 1 + 1);
        cr_assert_eq(h->grad.data[1], 1 + 1 + 2);
        cr_assert_eq(ps->item[0].grad.data[1], 5);
    }
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}

/* Dead branches come before and after the loss, and hang on what it uses. */
Test(tape, what_the_loss_does_not_depend_on_is_left_alone) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    struct node *w = tape_parameter(t, &ps->item[0]);
    struct node *v = tape_parameter(t, &ps->item[1]);
    struct node *square = op_mul(t, w, w);
    struct node *before = op_exp(t, op_matmul(t, square, v));
    struct node *loss = op_sum(t, square);
    struct node *after = op_exp(t, loss);
    tape_backward(t, loss);
    cr_assert(before->grad.data == NULL && after->grad.data == NULL);
    cr_assert_eq(square->grad.data[0], 1);
    cr_assert_eq(ps->item[0].grad.data[0], 1);
    cr_assert_eq(ps->item[1].grad.data[0], 0);
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}

Test(tape, constants_get_no_gradient) {
    struct arena *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct node *x = tape_constant(t, tensor_new2(step, 2, 2));
    struct node *loss = op_sum(t, op_exp(t, x));
    tape_backward(t, loss);
    cr_assert_null(x->grad.data);
    cr_assert_null(loss->grad.data);
    arena_free(step);
    engine_free(engine);
}

/* Runs body in a child and returns what it wrote to stderr. */
static const char *last_words(void (*body)(struct tape *)) {
    static char words[512];
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        body(tape_new(engine_new(1, NULL), arena_new(1 << 20)));
        _exit(0);
    }
    close(ends[1]);
    size_t at = 0;
    for (ssize_t n; at < sizeof words - 1 &&
         (n = read(ends[0], words + at, sizeof words - 1 - at)) > 0; )
        at += (size_t)n;
    words[at] = '\0';
    int status;
    waitpid(child, &status, 0);
    cr_assert(WIFSIGNALED(status), "it did not die");
    close(ends[0]);
    return words;
}


static void multiply_wrong_shapes(struct tape *t) {
    struct node *a = tape_constant(t, tensor_new2(tape_arena(t), 128, 784));
    struct node *b = tape_constant(t, tensor_new2(tape_arena(t), 200, 50));
    op_matmul(t, a, b);
}

static void add_wrong_shapes(struct tape *t) {
    struct node *a = tape_constant(t, tensor_new1(tape_arena(t), 3));
    struct node *b = tape_constant(t, tensor_new2(tape_arena(t), 1, 3));
    op_add(t, a, b);
}

static void differentiate_a_vector(struct tape *t) {
    tape_backward(t, tape_constant(t, tensor_new1(tape_arena(t), 3)));
}

Test(tape, a_wrong_shape_dies_with_operation_line_and_both_shapes) {
    const char *words = last_words(multiply_wrong_shapes);
    cr_assert(strstr(words, "op_matmul: [128, 784] and [200, 50]"), "%s",
              words);
    cr_assert(strstr(words, "tests/00-foundations/tape.c:"), "%s", words);
    cr_assert_eq(strchr(words, '\n'), words + strlen(words) - 1,
                 "not one line: %s", words);
    words = last_words(add_wrong_shapes);
    cr_assert(strstr(words, "op_add: [3] and [1, 3]"), "%s", words);
    words = last_words(differentiate_a_vector);
    cr_assert(strstr(words, "tape_backward: [3]"), "%s", words);
}

/* An operation that this chapter does not know. */
static void twice_backward(struct tape *t, struct node *y) {
    struct node *x = y->input[0];
    kernel_axpy(tape_engine(t), tensor_size(&x->value), 2, y->grad.data,
                x->grad.data);
}

Test(tape, takes_operations_that_it_has_never_heard_of) {
    struct arena *arena = arena_new(1 << 20), *step = arena_new(1 << 20);
    struct engine *engine = engine_new(1, NULL);
    struct tape *t = tape_new(engine, step);
    struct parameters *ps = two_weights(arena);
    struct node *w = tape_parameter(t, &ps->item[0]);
    struct tensor value = tensor_like(step, &w->value);
    kernel_scale(engine, 2, 2, w->value.data, value.data);
    struct node *y =
        tape_record(t, "twice", value, twice_backward, 1, &w, NULL);
    tape_backward(t, op_sum(t, y));
    cr_assert_eq(ps->item[0].grad.data[0], 2);
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}
