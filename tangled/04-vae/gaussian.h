/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_GAUSSIAN_H
#define VAE_GAUSSIAN_H

#include <stdbool.h>
#include <stddef.h>

/* l[n, n], lower triangular, with l l' = a[n, n], which is symmetric;
   false when a is not positive definite. a and l may be the same. */
bool cholesky(size_t n, const double *a, double *l);

/* b[n, columns] becomes l^-1 b. */
void cholesky_solve(size_t n, const double *l, size_t columns, double *b);

/* D_KL in nats of N(mean_q, l_q l_q') from N(mean_p, l_p l_p') in n
   dimensions, eq:full-kl; work has room for n (n + 1) numbers. */
double gaussian_kl_full(size_t n, const double *mean_q, const double *l_q,
                        const double *mean_p, const double *l_p,
                        double *work);

#endif
