/* Paths between codes, and the inverse of the normal distribution. */
#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/rng.h"
#include "04-vae/walk.h"

enum { N = 50, DRAWS = 20000 };
static const double slack = sizeof(real) == 8 ? 1e-12 : 1e-5;

static void draw(uint32_t k, real z[N])
{
    struct rng_stream s = {.seed = 10, .purpose = RNG_TEST};
    for (uint32_t i = 0; i < N; i++)
        z[i] = rng_normal(s, k, i);
}

static double square(const real z[N])
{
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (double)z[i] * (double)z[i];
    return sum;
}

Test(walks, squared_norms_have_mean_d_and_variance_2d)
{
    double mean = 0, squares = 0;
    for (uint32_t k = 0; k < DRAWS; k++) {
        real z[N];
        draw(k, z);
        double x = square(z) - N;
        mean += x / DRAWS;
        squares += x * x / DRAWS;
    }
    double error = sqrt(2.0 * N / DRAWS);
    cr_assert_float_eq(mean, 0, 5 * error);
    cr_assert_float_eq(squares, 2 * N, 0.1 * N);
}

Test(walks, both_paths_lead_from_one_code_to_the_other)
{
    real a[N], b[N], z[N];
    draw(1, a);
    draw(2, b);
    for (size_t path = 0; path < 4; path++) {
        const real *end = path % 2 == 0 ? a : b;
        if (path < 2)
            walk_straight(N, a, b, (double)(path % 2), z);
        else
            walk_arc(N, a, b, (double)(path % 2), z);
        for (size_t i = 0; i < N; i++)
            cr_assert_float_eq((double)z[i], (double)end[i], 10 * slack);
    }
}

Test(walks, arc_keeps_the_norm_and_the_pace)
{
    for (uint32_t k = 0; k < 20; k++) {
        real a[N], b[N], last[N], z[N];
        draw(2 * k, a);
        draw(2 * k + 1, b);
        double scale = sqrt(square(a) / square(b)), step = 0;
        for (size_t i = 0; i < N; i++) {
            b[i] = (real)((double)b[i] * scale);
            last[i] = a[i];
        }
        for (int t = 1; t <= 10; t++) {
            real apart[N];
            walk_arc(N, a, b, t / 10.0, z);
            cr_assert_float_eq(square(z), square(a), 50 * N * slack);
            for (size_t i = 0; i < N; i++) {
                apart[i] = z[i] - last[i];
                last[i] = z[i];
            }
            double length = sqrt(square(apart));
            cr_assert(t == 1 || fabs(length - step) < N * slack);
            step = length;
        }
    }
}

Test(walks, arc_between_equal_codes_stays_there)
{
    real a[N], z[N];
    draw(3, a);
    walk_arc(N, a, a, 0.3, z);
    for (size_t i = 0; i < N; i++)
        cr_assert_float_eq((double)z[i], (double)a[i], 10 * slack);
}

Test(walks, quantile_inverts_the_distribution)
{
    for (double u = 0.001; u < 1; u += 0.001) {
        double z = normal_quantile(u);
        cr_assert_float_eq(erfc(-z / sqrt(2)) / 2, u, 1e-12);
    }
    cr_assert_float_eq(normal_quantile(0.5), 0, 1e-12);
    cr_assert_float_eq(normal_quantile(0.975), 1.959963984540054, 1e-12);
}
