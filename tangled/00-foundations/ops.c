/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/ops.h"

#include "workshop/fail.h"

/* pass adjoints through a matrix product */
static void matmul_backward(struct tape *t, struct node *c) {
    struct node *a = c->input[0], *b = c->input[1];
    size_t m = c->value.shape[0], n = c->value.shape[1];
    size_t k = a->value.shape[1];
    if (a->needs_grad)
        kernel_matmul(tape_engine(t), &(struct matmul){
            .m = m, .n = k, .k = n, .a = c->grad.data, .b = b->value.data,
            .b_transposed = true, .c = a->grad.data,
            .start = adjoint_start(a)});
    if (b->needs_grad)
        kernel_matmul(tape_engine(t), &(struct matmul){
            .m = k, .n = n, .k = m, .a = a->value.data, .b = c->grad.data,
            .a_transposed = true, .c = b->grad.data,
            .start = adjoint_start(b)});
}
/* refuse factors that do not fit */
static void need_factors(const struct tape *t, const char *op,
                         const struct node *a, const struct node *b) {
    if (a->value.rank != 2 || b->value.rank != 2 ||
        a->value.shape[1] != b->value.shape[0])
        tape_shape_error(t, op, &a->value, &b->value,
                         "columns of the first must be rows of the second");
}

/* multiply matrices */
struct node *op_matmul_at(struct tape *t, struct node *a, struct node *b) {
    need_factors(t, "op_matmul", a, b);
    size_t m = a->value.shape[0], n = b->value.shape[1];
    struct tensor c = tensor_raw(tape_arena(t), 2, (size_t[]){m, n});
    kernel_matmul(tape_engine(t), &(struct matmul){
        .m = m, .n = n, .k = a->value.shape[1], .a = a->value.data,
        .b = b->value.data, .c = c.data, .start = FROM_ZERO});
    struct node *node = tape_record(t, "op_matmul", c, matmul_backward, 2,
                                    (struct node *[]){a, b}, NULL);
    node->starts = true;
    return node;
}
/* apply a layer */
static void affine_backward(struct tape *t, struct node *y) {
    struct node *b = y->input[2];
    matmul_backward(t, y);
    if (!b->needs_grad)
        return;
    size_t batch = y->value.shape[0];
    real *ones = arena_alloc_raw(tape_arena(t), batch, sizeof *ones);
    for (size_t i = 0; i < batch; i++)
        ones[i] = 1;
    kernel_matmul(tape_engine(t), &(struct matmul){
        .m = 1, .n = y->value.shape[1], .k = batch, .a = ones,
        .b = y->grad.data, .c = b->grad.data, .start = adjoint_start(b)});
}
struct node *op_affine_at(struct tape *t, struct node *x, struct node *w,
                          struct node *b) {
    need_factors(t, "op_affine", x, w);
    size_t batch = x->value.shape[0], out = w->value.shape[1];
    if (b->value.rank != 1 || b->value.shape[0] != out)
        tape_shape_error(t, "op_affine", &w->value, &b->value,
                         "the bias needs one element a column");
    struct tensor y = tensor_raw(tape_arena(t), 2, (size_t[]){batch, out});
    kernel_matmul(tape_engine(t), &(struct matmul){
        .m = batch, .n = out, .k = x->value.shape[1], .a = x->value.data,
        .b = w->value.data, .c = y.data, .start = FROM_ROW,
        .row = b->value.data});
    struct node *node = tape_record(t, "op_affine", y, affine_backward, 3,
                                    (struct node *[]){x, w, b}, NULL);
    node->starts = true;
    return node;
}
/* add to an adjoint */
static void add_grad(struct tape *t, real alpha, const struct node *from,
                     struct node *to) {
    if (to->needs_grad)
        kernel_axpy(tape_engine(t), tensor_size(&to->value), alpha,
                    from->grad.data, to->grad.data);
}

static void mul_grad(struct tape *t, const struct node *from,
                     const struct node *other, struct node *to) {
    if (to->needs_grad)
        kernel_multiply_add(tape_engine(t), tensor_size(&to->value),
                            from->grad.data, other->value.data,
                            to->grad.data);
}

/* pass adjoints through a sum or a product */
static void zip_backward(struct tape *t, struct node *c) {
    struct node *a = c->input[0], *b = c->input[1];
    const enum zip *f = c->context;
    if (*f == ZIP_MUL) {
        mul_grad(t, c, b, a);
        mul_grad(t, c, a, b);
    } else {
        add_grad(t, 1, c, a);
        add_grad(t, *f == ZIP_ADD ? 1 : -1, c, b);
    }
}
/* combine two tensors */
struct node *op_zip_at(struct tape *t, enum zip f, struct node *a,
                       struct node *b) {
    static const char *const name[] = {
        [ZIP_ADD] = "op_add", [ZIP_SUB] = "op_sub", [ZIP_MUL] = "op_mul"};
    tape_same_shape(t, name[f], a, b);
    struct tensor c = tensor_like(tape_arena(t), &a->value);
    enum zip *context = arena_alloc(tape_arena(t), 1, sizeof *context);
    *context = f;
    kernel_zip(tape_engine(t), f, tensor_size(&c), a->value.data,
               b->value.data, c.data);
    return tape_record(t, name[f], c, zip_backward, 2,
                       (struct node *[]){a, b}, context);
}
static void scale_backward(struct tape *t, struct node *y) {
    const real *alpha = y->context;
    add_grad(t, *alpha, y, y->input[0]);
}

struct node *op_scale_at(struct tape *t, struct node *x, real alpha) {
    struct tensor y = tensor_like(tape_arena(t), &x->value);
    real *context = arena_alloc(tape_arena(t), 1, sizeof *context);
    *context = alpha;
    kernel_scale(tape_engine(t), tensor_size(&y), alpha, x->value.data,
                 y.data);
    return tape_record(t, "op_scale", y, scale_backward, 1, &x, context);
}
/* map each element */
static void map_backward(struct tape *t, struct node *y) {
    struct node *x = y->input[0];
    const enum map *f = y->context;
    kernel_map_backward(tape_engine(t), *f, tensor_size(&y->value),
                        x->value.data, y->value.data, y->grad.data,
                        adjoint_start(x), x->grad.data);
}

struct node *op_map_at(struct tape *t, enum map f, struct node *x) {
    static const char *const name[] = {
        [MAP_EXP] = "op_exp", [MAP_LOG] = "op_log", [MAP_TANH] = "op_tanh",
        [MAP_SIGMOID] = "op_sigmoid", [MAP_SOFTPLUS] = "op_softplus",
        [MAP_RELU] = "op_relu"};
    struct tensor y = tensor_like(tape_arena(t), &x->value);
    enum map *context = arena_alloc(tape_arena(t), 1, sizeof *context);
    *context = f;
    kernel_map(tape_engine(t), f, tensor_size(&y), x->value.data, y.data);
    struct node *node =
        tape_record(t, name[f], y, map_backward, 1, &x, context);
    node->starts = true;
    return node;
}
/* sum all elements */
static void sum_backward(struct tape *t, struct node *y) {
    struct node *x = y->input[0];
    const real *weight = y->context;
    const real dy = *weight * y->grad.data[0];
    size_t n = tensor_size(&x->value);
    (void)t;
    for (size_t i = 0; i < n; i++)
        x->grad.data[i] += dy;
}

static struct node *weighted_sum(struct tape *t, const char *op,
                                 struct node *x, real weight) {
    struct tensor y = tensor_raw(tape_arena(t), 1, (size_t[]){1});
    real *context = arena_alloc(tape_arena(t), 1, sizeof *context);
    *context = weight;
    y.data[0] = weight * kernel_sum(tape_engine(t), tensor_size(&x->value),
                                    x->value.data);
    return tape_record(t, op, y, sum_backward, 1, &x, context);
}
struct node *op_sum_at(struct tape *t, struct node *x) {
    return weighted_sum(t, "op_sum", x, 1);
}

struct node *op_mean_at(struct tape *t, struct node *x) {
    return weighted_sum(t, "op_mean", x, 1 / (real)tensor_size(&x->value));
}
/* compare logits with labels */
struct softmax_context { const uint8_t *labels; real *probabilities; };

static void softmax_backward(struct tape *t, struct node *loss) {
    struct node *logits = loss->input[0];
    const struct softmax_context *c = loss->context;
    kernel_softmax_cross_entropy_backward(
        tape_engine(t), logits->value.shape[0], logits->value.shape[1],
        c->probabilities, c->labels, loss->grad.data, logits->grad.data);
}
struct node *op_softmax_cross_entropy_at(struct tape *t,
                                         struct node *logits,
                                         const uint8_t *labels) {
    const struct tensor *l = &logits->value;
    if (l->rank != 2)
        tape_shape_error(t, "op_softmax_cross_entropy", l, NULL,
                         "logits are [batch, classes]");
    size_t batch = l->shape[0], classes = l->shape[1];
    for (size_t i = 0; i < batch; i++)
        if (labels[i] >= classes)
            die("op_softmax_cross_entropy: label %d, but %zu classes",
                labels[i], classes);
    struct arena *arena = tape_arena(t);
    struct tensor loss = tensor_raw(arena, 1, &batch);
    struct softmax_context *c = arena_alloc(arena, 1, sizeof *c);
    c->labels = labels;
    c->probabilities = tensor_like(arena, l).data;
    kernel_softmax_cross_entropy(tape_engine(t), batch, classes, l->data,
                                 labels, loss.data, c->probabilities);
    return tape_record(t, "op_softmax_cross_entropy", loss,
                       softmax_backward, 1, &logits, c);
}
