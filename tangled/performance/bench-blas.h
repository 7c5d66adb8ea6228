/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_BLAS_H
#define PERFORMANCE_BENCH_BLAS_H

#include "00-foundations/kernels.h"

struct blas;

/* OpenBLAS with its best kernel for the instruction set, or NULL. */
struct blas *blas_open(const char *isa);
void blas_close(struct blas *blas);
const char *blas_kernel(const struct blas *blas);
void blas_threads(const struct blas *blas, size_t threads);
/* C = A B, for a product that starts from zero */
void blas_product(const struct blas *blas, const struct matmul *x);

#endif
