/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_ISA_H
#define PERFORMANCE_ISA_H

#include "00-foundations/elementwise.h"
#include "00-foundations/kernels.h"

/* name a table after the instruction set */
#ifndef ISA
#define ISA baseline
#endif
#define ISA_PASTE(stem, isa) stem##isa
#define ISA_JOIN(stem, isa) ISA_PASTE(stem, isa)
#define ISA_NAME(stem) ISA_JOIN(stem, ISA)

/* the matrix product of one instruction set */
/* A part of C. */
struct rectangle { size_t row, rows, col, cols; };

struct isa_matmul {
    void (*multiply)(const struct matmul *x, struct rectangle part,
                     float *packed);
    size_t packed;                      /* floats that packing needs */
    size_t tile_rows, tile_cols;
};

extern const struct isa_matmul matmul_baseline, matmul_avx2,
    matmul_avx512, matmul_neon;

/* a loop and what it works on */
struct work {
    void (*loop)(const struct work *work, size_t first, size_t count);
    size_t items, cols;         /* rows and their length; elements and 1 */
    const real *in[4];
    real *out[4];               /* written, or read and written */
    int function;               /* an enum map or an enum zip */
    real alpha;
    const uint8_t *labels;
    struct rng_stream stream;
    struct adam_step adam;
    struct sgd sgd;
};

/* the loops of one instruction set */
typedef void work_loop(const struct work *work, size_t first, size_t count);

struct isa_loops {
    work_loop *map, *map_backward, *zip, *multiply_add, *axpy, *scale;
    work_loop *sum, *sum_rows;
    work_loop *softmax_cross_entropy, *softmax_cross_entropy_backward;
    work_loop *bernoulli_nll, *bernoulli_nll_backward;
    work_loop *gaussian_sample, *gaussian_sample_backward;
    work_loop *gaussian_kl, *gaussian_kl_backward;
    work_loop *uniform, *normal, *binarise, *adam, *sgd;
};

extern const struct isa_loops loops_baseline, loops_avx2, loops_avx512,
    loops_neon;

#endif
