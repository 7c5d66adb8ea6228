/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_ELEMENTWISE_H
#define FOUNDATIONS_ELEMENTWISE_H

#include <string.h>
#include "00-foundations/elementary.h"
#include "00-foundations/kernels.h"
#include "00-foundations/rng.h"

/* The kernels of kernels.h other than the matrix product, as loops over a
   range of elements or of whole rows: loop_x does what kernel_x does. A
   caller that splits the work adds the offsets itself (to the example of a
   stream, too). */
#define LOOP static inline void
/* loop in two passes */
enum { LANES = 64 };

#define TWO_PASSES(count, from, i, j, e, first, statement)              \
    for (size_t j = 0, i = (from); j < (count); j++, i++)               \
        held_[j] = (first);                                             \
    for (size_t j = 0, i = (from); j < (count); j++, i++) {             \
        real e = held_[j];                                              \
        statement;                                                      \
    }

/* for i from 0 to n - 1: e = first, then statement; j is i % LANES */
#define IN_TWO(n, i, j, e, first, statement) do {                       \
        real held_[LANES];                                              \
        size_t whole_ = (n) - (n) % LANES;                              \
        for (size_t from_ = 0; from_ < whole_; from_ += LANES) {        \
            TWO_PASSES(LANES, from_, i, j, e, first, statement)         \
        }                                                               \
        TWO_PASSES((n) - whole_, whole_, i, j, e, first, statement)     \
    } while (0)
LOOP loop_log(size_t n, const real *restrict x, real *restrict y) {
    const real_bits least = bits_of(SMALLEST_NORMAL);
    const real_bits beyond = bits_of((real)INFINITY) - least;
    size_t whole = n - n % LANES;
    for (size_t from = 0; from < whole; from += LANES) {
        real_bits most = 0;
        for (size_t i = from; i < from + LANES; i++) {
            real_bits above = bits_of(x[i]) - least;
            most = above > most ? above : most;
            y[i] = log_normal(x[i]);
        }
        if (most < beyond)
            continue;
        for (size_t i = from; i < from + LANES; i++)
            y[i] = log_real(x[i]);
    }
    for (size_t i = whole; i < n; i++)
        y[i] = log_real(x[i]);
}
/* loop over elements */
#define FOR_EACH(n, i, statement) \
    for (size_t i = 0; i < (n); i++) { statement; } break

LOOP loop_map(enum map f, size_t n, const real *restrict x,
              real *restrict y) {
    switch (f) {
    case MAP_EXP:      FOR_EACH(n, i, y[i] = exp_real(x[i]));
    case MAP_LOG:      loop_log(n, x, y); break;
    case MAP_TANH:     FOR_EACH(n, i, y[i] = tanh_real(x[i]));
    case MAP_SIGMOID:  IN_TWO(n, i, j, e, decay_real(x[i]),
                              y[i] = sigmoid_of(x[i], e)); break;
    case MAP_SOFTPLUS: IN_TWO(n, i, j, e, decay_real(x[i]),
                              y[i] = softplus_of(x[i], e)); break;
    case MAP_RELU:     FOR_EACH(n, i, y[i] = x[i] < 0 ? 0 : x[i]);
    }
}
LOOP loop_map_backward(enum map f, size_t n, const real *restrict x,
                       const real *restrict y, const real *restrict dy,
                       enum matmul_start start, real *restrict dx) {
    const bool add = start == FROM_C;
#define ADD(slope) \
    FOR_EACH(n, i, dx[i] = fma_real(dy[i], slope, add ? dx[i] : 0))
    switch (f) {
    case MAP_EXP:      ADD(y[i]);
    case MAP_LOG:      ADD(1 / x[i]);
    case MAP_TANH:     ADD(fma_real(-y[i], y[i], 1));
    case MAP_SIGMOID:  ADD(y[i] * (1 - y[i]));
    case MAP_SOFTPLUS: ADD(sigmoid_real(x[i]));
    case MAP_RELU:     ADD((x[i] > 0 ? (real)1 : 0));
    }
#undef ADD
}
LOOP loop_zip(enum zip f, size_t n, const real *restrict a,
              const real *restrict b, real *restrict c) {
    switch (f) {
    case ZIP_ADD: FOR_EACH(n, i, c[i] = a[i] + b[i]);
    case ZIP_SUB: FOR_EACH(n, i, c[i] = a[i] - b[i]);
    case ZIP_MUL: FOR_EACH(n, i, c[i] = a[i] * b[i]);
    }
}
#undef FOR_EACH

LOOP loop_multiply_add(size_t n, const real *restrict a,
                       const real *restrict b, real *restrict c) {
    for (size_t i = 0; i < n; i++)
        c[i] = fma_real(a[i], b[i], c[i]);
}
LOOP loop_axpy(size_t n, real alpha, const real *restrict x,
               real *restrict y) {
    for (size_t i = 0; i < n; i++)
        y[i] = fma_real(alpha, x[i], y[i]);
}

LOOP loop_scale(size_t n, real alpha, const real *restrict x,
                real *restrict y) {
    for (size_t i = 0; i < n; i++)
        y[i] = alpha * x[i];
}
/* sum through the lanes */
static inline real fold_lanes(real *lane) {
    for (size_t h = LANES / 2; h > 0; h /= 2)
        for (size_t j = 0; j < h; j++)
            lane[j] += lane[j + h];
    return lane[0];
}

/* total = sum of term, an expression in i, for i from 0 to n - 1 */
#define SUM_IN_LANES(total, n, i, term) do {                            \
        real lane[LANES] = {0};                                         \
        size_t whole_ = (n) - (n) % LANES;                              \
        for (size_t first_ = 0; first_ < whole_; first_ += LANES)       \
            for (size_t j_ = 0; j_ < LANES; j_++) {                     \
                size_t i = first_ + j_;                                 \
                lane[j_] += (term);                                     \
            }                                                           \
        for (size_t i = whole_; i < (n); i++)                           \
            lane[i - whole_] += (term);                                 \
        (total) = fold_lanes(lane);                                     \
    } while (0)
static inline real loop_sum(size_t n, const real *x) {
    real total;
    SUM_IN_LANES(total, n, i, x[i]);
    return total;
}

LOOP loop_sum_rows(size_t rows, size_t cols, const real *restrict x,
                   real *restrict y) {
    for (size_t r = 0; r < rows; r++)
        y[r] = loop_sum(cols, x + r * cols);
}
/* find the largest */
static inline real larger(real a, real b) { return a > b ? a : b; }

static inline real largest(size_t n, const real *x) {
    size_t whole = n - n % LANES;
    real lane[LANES], top = x[0];
    for (size_t j = 0; j < LANES; j++)
        lane[j] = top;
    for (size_t from = 0; from < whole; from += LANES)
        for (size_t j = 0; j < LANES; j++)
            lane[j] = larger(x[from + j], lane[j]);
    for (size_t i = whole; i < n; i++)
        top = larger(x[i], top);
    for (size_t j = 0; whole > 0 && j < LANES; j++)
        top = larger(lane[j], top);
    return top;
}
/* take softmax and loss of a row */
LOOP softmax_row(size_t cols, const real *restrict l, size_t label,
                 real *restrict loss, real *restrict p) {
    real top = largest(cols, l), total;
    for (size_t j = 0; j < cols; j++)
        p[j] = exp_real(l[j] - top);
    SUM_IN_LANES(total, cols, j, p[j]);
    for (size_t j = 0; j < cols; j++)
        p[j] = p[j] / total;
    *loss = log_real(total) - (l[label] - top);
}

/* compute losses by row */
LOOP loop_softmax_cross_entropy(size_t rows, size_t cols,
                                const real *logits,
                                const uint8_t *labels, real *loss,
                                real *probabilities) {
    for (size_t r = 0; r < rows; r++)
        softmax_row(cols, logits + r * cols, labels[r], loss + r,
                    probabilities + r * cols);
}
LOOP loop_softmax_cross_entropy_backward(size_t rows, size_t cols,
                                         const real *restrict probabilities,
                                         const uint8_t *labels,
                                         const real *restrict dloss,
                                         real *restrict dlogits) {
    for (size_t r = 0; r < rows; r++) {
        const real *p = probabilities + r * cols;
        real *dl = dlogits + r * cols;
        for (size_t j = 0; j < cols; j++)
            dl[j] = fma_real(dloss[r], p[j] - (j == labels[r] ? 1 : 0),
                             dl[j]);
    }
}
LOOP loop_bernoulli_nll(size_t rows, size_t cols, const real *logits,
                        const real *x, real *nll) {
    for (size_t r = 0; r < rows; r++) {
        const real *l = logits + r * cols, *on = x + r * cols;
        real lane[LANES] = {0};
        IN_TWO(cols, i, j, e, decay_real(l[i]),
               lane[j] += fma_real(-on[i], l[i], softplus_of(l[i], e)));
        nll[r] = fold_lanes(lane);
    }
}

LOOP loop_bernoulli_nll_backward(size_t rows, size_t cols,
                                 const real *restrict logits,
                                 const real *restrict x,
                                 const real *restrict dnll,
                                 enum matmul_start start,
                                 real *restrict dlogits) {
    const bool add = start == FROM_C;
    for (size_t r = 0; r < rows; r++) {
        const real *l = logits + r * cols, *on = x + r * cols;
        real *dl = dlogits + r * cols;
        IN_TWO(cols, i, j, e, decay_real(l[i]),
               dl[i] = fma_real(dnll[r], sigmoid_of(l[i], e) - on[i],
                                add ? dl[i] : 0));
    }
}
/* loop over Gaussian codes */
LOOP loop_gaussian_sample(size_t n, const real *restrict mu,
                          const real *restrict logvar,
                          const real *restrict eps, real *restrict z) {
    for (size_t i = 0; i < n; i++)
        z[i] = fma_real(exp_real((real)0.5 * logvar[i]), eps[i], mu[i]);
}

LOOP loop_gaussian_sample_backward(size_t n, const real *restrict logvar,
                                   const real *restrict eps,
                                   const real *restrict dz,
                                   real *restrict dmu,
                                   real *restrict dlogvar) {
    for (size_t i = 0; i < n && dmu != NULL; i++)
        dmu[i] += dz[i];
    for (size_t i = 0; i < n && dlogvar != NULL; i++)
        dlogvar[i] = fma_real(dz[i] * (real)0.5,
                              exp_real((real)0.5 * logvar[i]) * eps[i],
                              dlogvar[i]);
}
LOOP loop_gaussian_kl(size_t rows, size_t cols, const real *mu,
                      const real *logvar, real *kl) {
    for (size_t r = 0; r < rows; r++) {
        const real *m = mu + r * cols, *v = logvar + r * cols;
        SUM_IN_LANES(kl[r], cols, j, (real)0.5 *
                     fma_real(m[j], m[j], expm1_real(v[j]) - v[j]));
    }
}

LOOP loop_gaussian_kl_backward(size_t rows, size_t cols,
                               const real *restrict mu,
                               const real *restrict logvar,
                               const real *restrict dkl, real *restrict dmu,
                               real *restrict dlogvar) {
    for (size_t r = 0; r < rows; r++) {
        size_t first = r * cols, end = first + cols;
        for (size_t i = first; i < end && dmu != NULL; i++)
            dmu[i] = fma_real(dkl[r], mu[i], dmu[i]);
        for (size_t i = first; i < end && dlogvar != NULL; i++)
            dlogvar[i] = fma_real(dkl[r] * (real)0.5,
                                  expm1_real(logvar[i]), dlogvar[i]);
    }
}
/* fill rows with random numbers */
enum { RNG_BATCH = 16 };

LOOP rng_blocks(struct rng_stream s, uint32_t example, uint32_t first,
                uint32_t word[4][RNG_BATCH]) {
    for (uint32_t b = 0; b < RNG_BATCH; b++) {
        uint32_t out[4];
        rng_block(s, example, first + b, out);
        for (size_t j = 0; j < 4; j++)
            word[j][b] = out[j];
    }
}
LOOP uniform_batch(struct rng_stream s, uint32_t example, uint32_t first,
                   real u[4 * RNG_BATCH]) {
    uint32_t word[4][RNG_BATCH];
    rng_blocks(s, example, first / 4, word);
    for (size_t b = 0; b < RNG_BATCH; b++)
        for (size_t j = 0; j < 4; j++)
            u[4 * b + j] = uniform_of(word[j][b]);
}

LOOP normal_batch(struct rng_stream s, uint32_t example, uint32_t first,
                  real z[4 * RNG_BATCH]) {
    uint32_t word[4][RNG_BATCH];
    rng_blocks(s, example, first / 4, word);
    for (size_t b = 0; b < RNG_BATCH; b++) {
        normal_pair(word[0][b], word[1][b], &z[4 * b], &z[4 * b + 1]);
        normal_pair(word[2][b], word[3][b], &z[4 * b + 2], &z[4 * b + 3]);
    }
}
#define FOR_BATCHES(r, c, k) \
    for (size_t r = 0; r < rows; r++) \
        for (size_t c = 0, k; k = smaller(cols - c, 4 * RNG_BATCH), \
             c < cols; c += 4 * RNG_BATCH)

static inline size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

LOOP loop_uniform(struct rng_stream s, size_t rows, size_t cols, real *u) {
    FOR_BATCHES(r, c, k) {
        real batch[4 * RNG_BATCH];
        uniform_batch(s, (uint32_t)r, (uint32_t)c, batch);
        memcpy(u + r * cols + c, batch, k * sizeof *u);
    }
}

LOOP loop_normal(struct rng_stream s, size_t rows, size_t cols, real *z) {
    FOR_BATCHES(r, c, k) {
        real batch[4 * RNG_BATCH];
        normal_batch(s, (uint32_t)r, (uint32_t)c, batch);
        memcpy(z + r * cols + c, batch, k * sizeof *z);
    }
}
LOOP loop_binarise(struct rng_stream s, size_t rows, size_t cols,
                   const real *restrict p, real *restrict x) {
    FOR_BATCHES(r, c, k) {
        real batch[4 * RNG_BATCH];
        uniform_batch(s, (uint32_t)r, (uint32_t)c, batch);
        for (size_t j = 0, at = r * cols + c; j < k; j++)
            x[at + j] = batch[j] < p[at + j] ? 1 : 0;
    }
}
#undef FOR_BATCHES
/* prepare a step of Adam */
struct adam_step { real gain1, gain2, rate, root, epsilon, keep; };

static inline double power(double base, uint64_t n) {
    double result = 1;
    for (; n > 0; n /= 2, base *= base)
        result *= n % 2 == 1 ? base : 1;
    return result;
}

static inline struct adam_step adam_prepare(const struct adam *adam,
                                            uint64_t step) {
    double beta1 = (double)adam->beta1, beta2 = (double)adam->beta2;
    return (struct adam_step){
        .gain1 = (real)(1 - beta1), .gain2 = (real)(1 - beta2),
        .rate = (real)((double)adam->rate / (1 - power(beta1, step))),
        .root = (real)(1 / sqrt(1 - power(beta2, step))),
        .epsilon = adam->epsilon,
        .keep = 1 - adam->rate * adam->decay,
    };
}
/* let go of subnormal numbers */
static inline real normal_or_zero(real x) {
    return x < REAL_LEAST && x > -REAL_LEAST ? 0 : x;
}
/* update by Adam */
LOOP loop_adam(struct adam_step a, size_t n, const real *restrict grad,
               real *restrict m, real *restrict v, real *restrict w) {
    for (size_t i = 0; i < n; i++) {
        const real g = grad[i];
        m[i] = normal_or_zero(fma_real(a.gain1, g - m[i], m[i]));
        v[i] = normal_or_zero(
            fma_real(a.gain2, fma_real(g, g, -v[i]), v[i]));
        real scale = fma_real(a.root, sqrt_real(v[i]), a.epsilon);
        w[i] = fma_real(-a.rate, m[i] / scale, a.keep * w[i]);
    }
}
/* update by descent */
LOOP loop_sgd(struct sgd sgd, size_t n, const real *restrict grad,
              real *restrict m, real *restrict w) {
    for (size_t i = 0; i < n; i++) {
        m[i] = normal_or_zero(fma_real(sgd.momentum, m[i], grad[i]));
        w[i] = fma_real(-sgd.rate, m[i], w[i]);
    }
}

#undef LOOP
#endif
