/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_EIGEN_H
#define VAE_EIGEN_H

#include <stddef.h>

#include "00-foundations/arena.h"

/* Eigenvalues of the symmetric a[n, n], largest first, and orthonormal
   eigenvectors as the rows of vectors[n, n], by Jacobi's method; a becomes
   diagonal. */
void eigen_symmetric(size_t n, double *a, double *values, double *vectors);

/* The count largest in magnitude, vectors[count, n], by multiplying a
   block of vectors again and again; a is kept. */
void eigen_leading(size_t n, const double *a, size_t count,
                   struct arena *arena, double *values, double *vectors);

/* c[m, n] = a[m, k] b[k, n]; and the inner product of two vectors */
void matrix_product(size_t m, size_t k, size_t n, const double *a,
                    const double *b, double *c);
double matrix_dot(size_t n, const double *x, const double *y);

#endif
