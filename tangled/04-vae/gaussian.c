/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/gaussian.h"

#include <math.h>

/* factor a covariance */
bool cholesky(size_t n, const double *a, double *l)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double rest = a[i * n + j];
            for (size_t k = 0; k < j; k++)
                rest -= l[i * n + k] * l[j * n + k];
            if (i == j && !(rest > 0))
                return false;
            l[i * n + j] = i == j ? sqrt(rest) : rest / l[j * n + j];
        }
        for (size_t j = i + 1; j < n; j++)
            l[i * n + j] = 0;
    }
    return true;
}

/* solve from the first row down */
void cholesky_solve(size_t n, const double *l, size_t columns, double *b)
{
    for (size_t i = 0; i < n; i++) {
        double *row = b + i * columns;
        for (size_t k = 0; k < i; k++)
            for (size_t c = 0; c < columns; c++)
                row[c] -= l[i * n + k] * b[k * columns + c];
        for (size_t c = 0; c < columns; c++)
            row[c] /= l[i * n + i];
    }
}

double gaussian_kl_full(size_t n, const double *mean_q, const double *l_q,
                        const double *mean_p, const double *l_p,
                        double *work)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            work[i * (n + 1) + j] = l_q[i * n + j];
        work[i * (n + 1) + n] = mean_q[i] - mean_p[i];
    }
    cholesky_solve(n, l_p, n + 1, work);
    double squares = 0, logs = 0;
    for (size_t i = 0; i < n * (n + 1); i++)
        squares += work[i] * work[i];
    for (size_t i = 0; i < n; i++)
        logs += log(work[i * (n + 1) + i]);
    return (squares - (double)n) / 2 - logs;
}
