/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_ELEMENTWISE_H
#define FOUNDATIONS_ELEMENTWISE_H

#include "00-foundations/elementary.h"
#include "00-foundations/kernels.h"
#include "00-foundations/rng.h"

/* The kernels of kernels.h other than the matrix product, as loops over a
   range of elements or of whole rows: loop_x does what kernel_x does. A
   caller that splits the work adds the offsets itself (to the example of a
   stream, too). */
#define LOOP static inline void
LOOP loop_map(enum map f, size_t n, const real *x, real *y);
LOOP loop_map_backward(enum map f, size_t n, const real *x, const real *y,
                       const real *dy, real *dx);
LOOP loop_zip(enum zip f, size_t n, const real *a, const real *b, real *c);
LOOP loop_multiply_add(size_t n, const real *a, const real *b, real *c);
LOOP loop_axpy(size_t n, real alpha, const real *x, real *y);
LOOP loop_scale(size_t n, real alpha, const real *x, real *y);
/* loops over rows */
static inline real loop_sum(size_t n, const real *x);
LOOP loop_sum_rows(size_t rows, size_t cols, const real *x, real *y);
LOOP loop_softmax_cross_entropy(size_t rows, size_t cols, const real *logits,
                                const uint8_t *labels, real *loss,
                                real *probabilities);
LOOP loop_softmax_cross_entropy_backward(size_t rows, size_t cols,
                                         const real *probabilities,
                                         const uint8_t *labels,
                                         const real *dloss, real *dlogits);
LOOP loop_bernoulli_nll(size_t rows, size_t cols, const real *logits,
                        const real *x, real *nll);
LOOP loop_bernoulli_nll_backward(size_t rows, size_t cols,
                                 const real *logits, const real *x,
                                 const real *dnll, real *dlogits);
LOOP loop_gaussian_sample(size_t n, const real *mu, const real *logvar,
                          const real *eps, real *z);
LOOP loop_gaussian_sample_backward(size_t n, const real *logvar,
                                   const real *eps, const real *dz,
                                   real *dmu, real *dlogvar);
LOOP loop_gaussian_kl(size_t rows, size_t cols, const real *mu,
                      const real *logvar, real *kl);
LOOP loop_gaussian_kl_backward(size_t rows, size_t cols, const real *mu,
                               const real *logvar, const real *dkl,
                               real *dmu, real *dlogvar);
/* loops over random numbers and parameters */
LOOP loop_uniform(struct rng_stream s, size_t rows, size_t cols, real *u);
LOOP loop_normal(struct rng_stream s, size_t rows, size_t cols, real *z);
LOOP loop_binarise(struct rng_stream s, size_t rows, size_t cols,
                   const real *p, real *x);
/* what is the same for all elements of one step of Adam */
struct adam_step { real gain1, gain2, rate, root, epsilon, keep; };
static inline struct adam_step adam_prepare(const struct adam *adam,
                                            uint64_t step);
LOOP loop_adam(struct adam_step a, size_t n, real *grad, real *m, real *v,
               real *w);
LOOP loop_sgd(struct sgd sgd, size_t n, real *grad, real *m, real *w);

/* bodies of the loops */
/* to come */

#undef LOOP
#endif
