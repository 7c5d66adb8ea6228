/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_OPS_H
#define FOUNDATIONS_OPS_H

#include "00-foundations/tape.h"

/* All take and return nodes of the tape t; a wrong shape dies. */

/* x[batch, in], w[in, out], b[out] -> x w + b, [batch, out] */
#define op_affine(t, x, w, b) op_affine_at(TAPE_HERE(t), x, w, b)
/* a[m, k], b[k, n] -> a b, [m, n] */
#define op_matmul(t, a, b) op_matmul_at(TAPE_HERE(t), a, b)

/* any shape, the same for a and b */
#define op_add(t, a, b) op_zip_at(TAPE_HERE(t), ZIP_ADD, a, b)
#define op_sub(t, a, b) op_zip_at(TAPE_HERE(t), ZIP_SUB, a, b)
#define op_mul(t, a, b) op_zip_at(TAPE_HERE(t), ZIP_MUL, a, b)
#define op_scale(t, x, alpha) op_scale_at(TAPE_HERE(t), x, alpha)

/* operate on single elements and on all */
/* element by element, any shape */
#define op_exp(t, x) op_map_at(TAPE_HERE(t), MAP_EXP, x)
#define op_log(t, x) op_map_at(TAPE_HERE(t), MAP_LOG, x)
#define op_tanh(t, x) op_map_at(TAPE_HERE(t), MAP_TANH, x)
#define op_sigmoid(t, x) op_map_at(TAPE_HERE(t), MAP_SIGMOID, x)
#define op_softplus(t, x) op_map_at(TAPE_HERE(t), MAP_SOFTPLUS, x)
#define op_relu(t, x) op_map_at(TAPE_HERE(t), MAP_RELU, x)

/* any shape -> [1] */
#define op_sum(t, x) op_sum_at(TAPE_HERE(t), x)
#define op_mean(t, x) op_mean_at(TAPE_HERE(t), x)

/* logits[batch, classes], labels[batch] -> losses [batch], in nats; the
   labels stay where they are until the backward pass */
#define op_softmax_cross_entropy(t, logits, labels) \
    op_softmax_cross_entropy_at(TAPE_HERE(t), logits, labels)
/* declare the functions behind the operations */
struct node *op_affine_at(struct tape *t, struct node *x, struct node *w,
                          struct node *b);
struct node *op_matmul_at(struct tape *t, struct node *a, struct node *b);
struct node *op_zip_at(struct tape *t, enum zip f, struct node *a,
                       struct node *b);
struct node *op_scale_at(struct tape *t, struct node *x, real alpha);
struct node *op_map_at(struct tape *t, enum map f, struct node *x);
struct node *op_sum_at(struct tape *t, struct node *x);
struct node *op_mean_at(struct tape *t, struct node *x);
struct node *op_softmax_cross_entropy_at(struct tape *t,
                                         struct node *logits,
                                         const uint8_t *labels);

#endif
