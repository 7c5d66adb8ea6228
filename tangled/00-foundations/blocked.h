/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_BLOCKED_H
#define FOUNDATIONS_BLOCKED_H

#include "00-foundations/kernels.h"

/* C = A B to the bits of kernel_matmul, on one thread. Neither operand is
   transposed, and the chains start from zero. */
void product_plain(const struct matmul *p);
/* B is taken in blocks of depth rows and cols columns, any but zero. */
void product_blocked(const struct matmul *p, size_t depth, size_t cols);

/* 1, 2, 4, 8, 16 or 32 operations on each of n numbers, for a load and a
   store of it; n is a multiple of 4 */
void raise_intensity(size_t operations, size_t n, real *x);

#endif
