/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/blocked.h"

#include <string.h>
#include "workshop/fail.h"

/* let the compiler use fused instructions */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && \
    !defined __SANITIZE_ADDRESS__
#define FUSED __attribute__((target_clones("fma", "default")))
#else
#define FUSED
#endif
/* two rows receive four terms */
static inline void two_by_four(const struct matmul *p, size_t i, size_t k,
                               size_t j, size_t cols) {
    const real *a = p->a + i * p->k + k, *e = a + p->k;
    const real a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
    const real e0 = e[0], e1 = e[1], e2 = e[2], e3 = e[3];
    const real *b0 = p->b + k * p->n + j, *b1 = b0 + p->n;
    const real *b2 = b1 + p->n, *b3 = b2 + p->n;
    real *restrict c = p->c + i * p->n + j;
    real *restrict d = c + p->n;
    for (size_t s = 0; s < cols; s++) {
        real x = c[s], y = d[s];
        x = fma_real(a0, b0[s], x);
        x = fma_real(a1, b1[s], x);
        x = fma_real(a2, b2[s], x);
        c[s] = fma_real(a3, b3[s], x);
        y = fma_real(e0, b0[s], y);
        y = fma_real(e1, b1[s], y);
        y = fma_real(e2, b2[s], y);
        d[s] = fma_real(e3, b3[s], y);
    }
}
/* one row receives one term */
static inline void one_by_one(const struct matmul *p, size_t i, size_t k,
                              size_t j, size_t cols) {
    const real a = p->a[i * p->k + k];
    const real *b = p->b + k * p->n + j;
    real *restrict c = p->c + i * p->n + j;
    for (size_t s = 0; s < cols; s++)
        c[s] = fma_real(a, b[s], c[s]);
}
/* add what one block contributes */
static inline void add_block(const struct matmul *p, size_t k, size_t depth,
                             size_t j, size_t cols) {
    for (size_t i = 0; i < p->m; i += 2) {
        const bool pair = i + 1 < p->m;
        size_t t = 0;
        for (; pair && t + 4 <= depth; t += 4)
            two_by_four(p, i, k + t, j, cols);
        for (; t < depth; t++) {
            one_by_one(p, i, k + t, j, cols);
            if (pair)
                one_by_one(p, i + 1, k + t, j, cols);
        }
    }
}

/* walk over the blocks */
FUSED void product_blocked(const struct matmul *p, size_t depth,
                           size_t cols) {
    if (p->a_transposed || p->b_transposed || p->start != FROM_ZERO)
        die("product_blocked: takes plain operands, from zero");
    memset(p->c, 0, p->m * p->n * sizeof *p->c);
    for (size_t k = 0; k < p->k; k += depth)
        for (size_t j = 0; j < p->n; j += cols)
            add_block(p, k, depth < p->k - k ? depth : p->k - k,
                      j, cols < p->n - j ? cols : p->n - j);
}

FUSED void product_plain(const struct matmul *p) {
    memset(p->c, 0, p->m * p->n * sizeof *p->c);
    for (size_t i = 0; i < p->m; i++)
        for (size_t k = 0; k < p->k; k++)
            one_by_one(p, i, k, 0, p->n);
}
static inline void polynomial(size_t degree, size_t n, real *x) {
    real *y = x + n / 4, *z = y + n / 4, *w = z + n / 4;
    for (size_t i = 0; i < n / 4; i++) {
        real p = x[i], q = y[i], r = z[i], s = w[i];
        #pragma GCC unroll 16
        for (size_t d = 0; d < degree; d++) {
            p = fma_real(p, (real)0.5, (real)0.25);
            q = fma_real(q, (real)0.5, (real)0.25);
            r = fma_real(r, (real)0.5, (real)0.25);
            s = fma_real(s, (real)0.5, (real)0.25);
        }
        x[i] = p;
        y[i] = q;
        z[i] = r;
        w[i] = s;
    }
}
static inline void reflect(size_t n, real *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (real)0.75 - x[i];
}

FUSED void raise_intensity(size_t operations, size_t n, real *x) {
    switch (operations) {
    case 1: reflect(n, x); break;
    case 2: polynomial(1, n, x); break;
    case 4: polynomial(2, n, x); break;
    case 8: polynomial(4, n, x); break;
    case 16: polynomial(8, n, x); break;
    case 32: polynomial(16, n, x); break;
    default: die("raise_intensity: no loop of %zu", operations);
    }
}
