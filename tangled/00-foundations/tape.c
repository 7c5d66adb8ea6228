/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/tape.h"

#include <string.h>
#include "workshop/fail.h"

struct tape {
    struct engine *engine;
    struct arena *arena;
    size_t mark;                    /* in the arena, behind the tape */
    struct node *last;
    const char *file;               /* of the operation under way */
    int line;
};

/* make and reset a tape */
struct tape *tape_new(struct engine *engine, struct arena *step) {
    struct tape *tape = arena_alloc(step, 1, sizeof *tape);
    tape->engine = engine;
    tape->arena = step;
    tape->mark = arena_mark(step);
    tape->file = "tape.c";
    return tape;
}

void tape_reset(struct tape *tape) {
    arena_release(tape->arena, tape->mark);
    tape->last = NULL;
}

struct engine *tape_engine(const struct tape *tape) { return tape->engine; }
struct arena *tape_arena(const struct tape *tape) { return tape->arena; }
/* record leaves and results */
struct node *tape_record(struct tape *tape, const char *op,
                         struct tensor value,
                         void (*backward)(struct tape *, struct node *),
                         size_t inputs, struct node *const input[],
                         void *context) {
    struct node *node = arena_alloc(tape->arena, 1, sizeof *node);
    if (inputs > NODE_MAX_INPUTS)
        die("%s: %zu inputs, at most %d", op, inputs, NODE_MAX_INPUTS);
    for (size_t i = 0; i < inputs; i++) {
        node->input[i] = input[i];
        node->needs_grad |= input[i]->needs_grad;
    }
    node->op = op;
    node->value = value;
    node->backward = backward;
    node->inputs = inputs;
    node->context = context;
    node->previous = tape->last;
    return tape->last = node;
}
struct node *tape_constant(struct tape *tape, struct tensor value) {
    return tape_record(tape, "constant", value, NULL, 0, NULL, NULL);
}

struct node *tape_parameter(struct tape *tape, struct parameter *p) {
    struct node *node =
        tape_record(tape, p->name, p->value, NULL, 0, NULL, NULL);
    node->grad = p->grad;
    node->blank = &p->blank;
    node->needs_grad = true;
    return node;
}
/* walk the tape in reverse */
static void give_adjoint(struct tape *tape, struct node *n) {
    if (!n->needs_grad || n->grad.data != NULL)
        return;
    n->grad = tensor_like(tape->arena, &n->value);
    n->own_blank = true;
    n->blank = &n->own_blank;
}

enum matmul_start adjoint_start(struct node *n) {
    const bool blank = *n->blank;
    *n->blank = false;
    return blank ? FROM_ZERO : FROM_C;
}

static void fill_adjoint(struct node *n) {
    if (n->needs_grad && adjoint_start(n) == FROM_ZERO)
        memset(n->grad.data, 0, tensor_size(&n->grad) * sizeof(real));
}

void tape_backward(struct tape *tape, struct node *scalar) {
    if (tensor_size(&scalar->value) != 1)
        tape_shape_error(tape, "tape_backward", &scalar->value, NULL,
                         "a loss is one number");
    if (!scalar->needs_grad)
        return;
    give_adjoint(tape, scalar);
    fill_adjoint(scalar);
    scalar->grad.data[0] += 1;
    for (struct node *n = scalar; n != NULL; n = n->previous) {
        if (n->backward == NULL || n->grad.data == NULL)
            continue;
        for (size_t i = 0; i < n->inputs; i++) {
            give_adjoint(tape, n->input[i]);
            if (!n->starts)
                fill_adjoint(n->input[i]);
        }
        n->backward(tape, n);
    }
}
/* complain about shapes */
struct tape *tape_at(struct tape *tape, const char *file, int line) {
    tape->file = file;
    tape->line = line;
    return tape;
}

void tape_shape_error(const struct tape *tape, const char *op,
                      const struct tensor *a, const struct tensor *b,
                      const char *why) {
    char first[TENSOR_TEXT], second[TENSOR_TEXT] = "";
    tensor_shape_text(a, first);
    if (b != NULL)
        tensor_shape_text(b, second);
    die_at(tape->file, tape->line, "%s: %s%s%s: %s", op, first,
           b == NULL ? "" : " and ", second, why);
}

void tape_same_shape(const struct tape *tape, const char *op,
                     const struct node *a, const struct node *b) {
    if (!tensor_same_shape(&a->value, &b->value))
        tape_shape_error(tape, op, &a->value, &b->value,
                         "the shapes must be the same");
}
