/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_KERNELS_H
#define FOUNDATIONS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "00-foundations/real.h"
#include "00-foundations/rng.h"
#include "workshop/pool.h"

/* The inner loops where time goes. Two implementations exist, the plain one
   of this chapter and the fast one of the appendix on performance; they
   compute the same bits. Outputs do not overlap inputs, unless said. */

/* an engine runs the kernels */
/* isa: NULL for the best that the machine has, or "baseline", "avx2",
   "avx512", "neon". NULL is returned when the machine lacks it. */
struct engine *engine_new(size_t threads, const char *isa);
void engine_free(struct engine *engine);
const char *engine_isa(const struct engine *engine);
size_t engine_threads(const struct engine *engine);
struct pool *engine_pool(struct engine *engine);
/* describe a product of matrices */
/* C[m,n] = start + A[m,k] B[k,n]. Each element is one chain of fused
   multiply-adds, k ascending, that begins at 0, at C or at row[n]. A is
   stored as [k,m] when a_transposed, B as [n,k] when b_transposed. */
struct matmul {
    size_t m, n, k;
    const real *a, *b;
    bool a_transposed, b_transposed;
    real *c;
    enum matmul_start { FROM_ZERO, FROM_C, FROM_ROW } start;
    const real *row;
};
void kernel_matmul(struct engine *engine, const struct matmul *product);
/* apply a function to each element */
enum map {
    MAP_EXP, MAP_LOG, MAP_TANH, MAP_SIGMOID, MAP_SOFTPLUS, MAP_RELU
};
/* y = f(x) */
void kernel_map(struct engine *engine, enum map f, size_t n, const real *x,
                real *y);
/* dx = dy f'(x), where y = f(x); added to dx when start is FROM_C */
void kernel_map_backward(struct engine *engine, enum map f, size_t n,
                         const real *x, const real *y, const real *dy,
                         enum matmul_start start, real *dx);
enum zip { ZIP_ADD, ZIP_SUB, ZIP_MUL };
/* c = a + b, a - b or a b */
void kernel_zip(struct engine *engine, enum zip f, size_t n, const real *a,
                const real *b, real *c);
/* multiply and add vectors */
/* c = fma(a, b, c) */
void kernel_multiply_add(struct engine *engine, size_t n, const real *a,
                         const real *b, real *c);
/* y = fma(alpha, x, y) */
void kernel_axpy(struct engine *engine, size_t n, real alpha, const real *x,
                 real *y);
/* y = alpha x */
void kernel_scale(struct engine *engine, size_t n, real alpha,
                  const real *x, real *y);
/* sum and charge by row */
real kernel_sum(struct engine *engine, size_t n, const real *x);
/* y[r] = sum of row r of x[rows,cols] */
void kernel_sum_rows(struct engine *engine, size_t rows, size_t cols,
                     const real *x, real *y);
/* loss[r] = -log softmax(logits[r])[labels[r]]; probabilities[rows,cols] */
void kernel_softmax_cross_entropy(struct engine *engine, size_t rows,
                                  size_t cols, const real *logits,
                                  const uint8_t *labels, real *loss,
                                  real *probabilities);
/* dlogits += dloss[r] (probabilities - one hot) */
void kernel_softmax_cross_entropy_backward(
    struct engine *engine, size_t rows, size_t cols,
    const real *probabilities, const uint8_t *labels, const real *dloss,
    real *dlogits);
/* charge for black-and-white pixels */
/* nll[r] = sum over columns of softplus(l) - x l */
void kernel_bernoulli_nll(struct engine *engine, size_t rows, size_t cols,
                          const real *logits, const real *x, real *nll);
/* dlogits = dnll[r] (sigmoid(l) - x); added to them when FROM_C */
void kernel_bernoulli_nll_backward(struct engine *engine, size_t rows,
                                   size_t cols, const real *logits,
                                   const real *x, const real *dnll,
                                   enum matmul_start start, real *dlogits);
/* sample and price Gaussian codes */
/* z = mu + exp(logvar/2) eps */
void kernel_gaussian_sample(struct engine *engine, size_t n, const real *mu,
                            const real *logvar, const real *eps, real *z);
/* dmu += dz, dlogvar += dz eps exp(logvar/2) / 2; either may be NULL */
void kernel_gaussian_sample_backward(struct engine *engine, size_t n,
                                     const real *logvar, const real *eps,
                                     const real *dz, real *dmu,
                                     real *dlogvar);
/* kl[r] = sum over columns of (mu^2 + exp(logvar) - 1 - logvar)/2 */
void kernel_gaussian_kl(struct engine *engine, size_t rows, size_t cols,
                        const real *mu, const real *logvar, real *kl);
/* dmu += dkl[r] mu, dlogvar += dkl[r] (exp(logvar) - 1)/2; or NULL */
void kernel_gaussian_kl_backward(struct engine *engine, size_t rows,
                                 size_t cols, const real *mu,
                                 const real *logvar, const real *dkl,
                                 real *dmu, real *dlogvar);
/* draw random numbers by the table */
/* Row r holds the numbers of example stream.example + r, column c those of
   index c. */
void kernel_uniform(struct engine *engine, struct rng_stream stream,
                    size_t rows, size_t cols, real *u);
void kernel_normal(struct engine *engine, struct rng_stream stream,
                   size_t rows, size_t cols, real *z);
/* x = 1 where u < p, else 0 */
void kernel_binarise(struct engine *engine, struct rng_stream stream,
                     size_t rows, size_t cols, const real *p, real *x);
/* declare the rules of descent */
struct adam { real rate, beta1, beta2, epsilon, decay; };
/* One step of Adam (AdamW when decay > 0); step counts from 1. Moments too
   small to be normal numbers become zero. */
void kernel_adam(struct engine *engine, const struct adam *adam,
                 uint64_t step, size_t n, const real *grad, real *m,
                 real *v, real *w);
/* m = momentum m + grad, likewise, and w -= rate m. */
struct sgd { real rate, momentum; };
void kernel_sgd(struct engine *engine, const struct sgd *sgd, size_t n,
                const real *grad, real *m, real *w);

#endif
