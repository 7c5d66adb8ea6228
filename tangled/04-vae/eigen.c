/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/eigen.h"

#include <math.h>

#include "00-foundations/rng.h"

/* multiply in double */
void matrix_product(size_t m, size_t k, size_t n, const double *a,
                    const double *b, double *c)
{
    for (size_t i = 0; i < m * n; i++)
        c[i] = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++)
            for (size_t j = 0; j < n; j++)
                c[i * n + j] += a[i * k + l] * b[l * n + j];
}

double matrix_dot(size_t n, const double *x, const double *y)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* turn a pair of rows or columns */
static void turn_pair(size_t n, size_t stride, double *x, double *y,
                      double c, double s)
{
    for (size_t k = 0; k < n * stride; k += stride) {
        double a = x[k], b = y[k];
        x[k] = c * a - s * b;
        y[k] = s * a + c * b;
    }
}

/* turn two axes until they do not covary */
static void turn(size_t n, double *a, double *vectors, size_t p, size_t q)
{
    double covary = a[p * n + q];
    if (covary == 0)
        return;
    double theta = (a[q * n + q] - a[p * n + p]) / (2 * covary);
    double t = (theta < 0 ? -1 : 1) /
               (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    turn_pair(n, 1, a + p * n, a + q * n, c, s);
    turn_pair(n, n, a + p, a + q, c, s);
    turn_pair(n, 1, vectors + p * n, vectors + q * n, c, s);
}

/* put the largest first */
static void order_by_value(size_t n, double *values, double *vectors)
{
    for (size_t i = 0; i < n; i++) {
        size_t most = i;
        for (size_t j = i + 1; j < n; j++)
            most = values[j] > values[most] ? j : most;
        double value = values[i];
        values[i] = values[most];
        values[most] = value;
        for (size_t k = 0; k < n; k++) {
            double x = vectors[i * n + k];
            vectors[i * n + k] = vectors[most * n + k];
            vectors[most * n + k] = x;
        }
    }
}

/* sweep until nothing covaries */
void eigen_symmetric(size_t n, double *a, double *values, double *vectors)
{
    enum { SWEEPS = 16 };
    for (size_t i = 0; i < n * n; i++)
        vectors[i] = i % (n + 1) == 0 ? 1 : 0;
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++)
                turn(n, a, vectors, p, q);
    for (size_t i = 0; i < n; i++)
        values[i] = a[i * n + i];
    order_by_value(n, values, vectors);
}

/* keep the rows at right angles */
static void orthonormalise(size_t rows, size_t n, double *q)
{
    for (size_t r = 0; r < rows; r++) {
        double *row = q + r * n;
        for (size_t other = 0; other < 2 * r; other++) {
            const double *done = q + other % r * n;
            double share = matrix_dot(n, row, done);
            for (size_t i = 0; i < n; i++)
                row[i] -= share * done[i];
        }
        double length = sqrt(matrix_dot(n, row, row));
        for (size_t i = 0; i < n && length > 0; i++)
            row[i] /= length;
    }
}

/* find what the leading eigenvectors span */
static double *leading_span(size_t n, const double *a, size_t rows,
                            struct arena *arena)
{
    enum { ROUNDS = 40 };
    double *q = arena_alloc(arena, rows * n, sizeof *q);
    double *next = arena_alloc(arena, rows * n, sizeof *next);
    struct rng_stream start = {.purpose = RNG_INIT};
    for (size_t i = 0; i < rows * n; i++)
        q[i] = (double)rng_normal(start, (uint32_t)(i / n),
                                  (uint32_t)(i % n));
    for (size_t round = 0; round < ROUNDS; round++) {
        orthonormalise(rows, n, q);
        matrix_product(rows, n, n, q, a, next);
        double *old = q;
        q = next;
        next = old;
    }
    orthonormalise(rows, n, q);
    return q;
}

/* turn the span into eigenvectors */
void eigen_leading(size_t n, const double *a, size_t count,
                   struct arena *arena, double *values, double *vectors)
{
    enum { SPARE = 30 };
    size_t rows = count + SPARE < n ? count + SPARE : n;
    double *q = leading_span(n, a, rows, arena);
    double *image = arena_alloc(arena, rows * n, sizeof *image);
    double *small = arena_alloc(arena, rows * rows, sizeof *small);
    double *axes = arena_alloc(arena, rows * rows, sizeof *axes);
    double *all = arena_alloc(arena, rows, sizeof *all);
    matrix_product(rows, n, n, q, a, image);
    for (size_t r = 0; r < rows; r++)
        for (size_t s = 0; s < rows; s++)
            small[r * rows + s] = matrix_dot(n, image + r * n, q + s * n);
    eigen_symmetric(rows, small, all, axes);
    matrix_product(count, rows, n, axes, q, vectors);
    for (size_t j = 0; j < count; j++)
        values[j] = all[j];
}
