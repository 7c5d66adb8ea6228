/* The linear VAE against the exact answers of probabilistic PCA. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "00-foundations/gradcheck.h"
#include "00-foundations/ops.h"
#include "04-vae/eigen.h"
#include "04-vae/gaussian.h"
#include "04-vae/linear.h"

enum { N = 5, D = 2, POINTS = 20, MEBIBYTE = 1 << 20 };
static const double LOG_2PI = 1.8378770664093453;

static double normal(uint32_t trial, uint32_t index)
{
    struct rng_stream s = {.seed = 8, .purpose = RNG_TEST};
    return (double)rng_normal(s, trial, index);
}

/* A data set of a few points about their mean, and its moments. */
struct cloud {
    double x[POINTS][N], about[N * N];
    struct moments moments;
};

static void draw_cloud(uint32_t trial, struct cloud *c)
{
    double mean[N] = {0};
    for (uint32_t i = 0; i < POINTS; i++)
        for (uint32_t j = 0; j < N; j++) {
            c->x[i][j] = normal(trial, i * N + j) * (1 + j) +
                         normal(trial, 1000 + i);
            mean[j] += c->x[i][j] / POINTS;
        }
    memset(c->about, 0, sizeof c->about);
    c->moments = (struct moments){N, NULL, c->about, 0};
    for (size_t i = 0; i < POINTS; i++)
        for (size_t j = 0; j < N; j++)
            c->x[i][j] -= mean[j];
    for (size_t i = 0; i < POINTS; i++)
        for (size_t j = 0; j < N; j++)
            for (size_t k = 0; k < N; k++)
                c->about[j * N + k] += c->x[i][j] * c->x[i][k] / POINTS;
    for (size_t j = 0; j < N; j++)
        c->moments.trace += c->about[j * N + j];
}

static double random_model(uint32_t trial, double w[D * N])
{
    for (uint32_t i = 0; i < D * N; i++)
        w[i] = normal(trial, 2000 + i);
    return exp(normal(trial, 3000) / 2);
}

/* log density of N(0, l l') at x */
static double log_density(const double *x, const double *l)
{
    double y[N], value = 0;
    memcpy(y, x, sizeof y);
    cholesky_solve(N, l, 1, y);
    for (size_t i = 0; i < N; i++)
        value -= (LOG_2PI + y[i] * y[i]) / 2 + log(l[i * N + i]);
    return value;
}

static double close_to(double x) { return 1e-10 * (1 + fabs(x)); }

Test(linear_vae, evidence_agrees_with_the_density_of_an_image)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double w[D * N], c[N * N], mean = 0;
        draw_cloud(trial, &cloud);
        struct linear_model model = {N, D, w, random_model(trial, w)};
        for (size_t i = 0; i < N * N; i++) {
            c[i] = i % (N + 1) == 0 ? model.variance : 0;
            for (size_t k = 0; k < D; k++)
                c[i] += w[k * N + i / N] * w[k * N + i % N];
        }
        cr_assert(cholesky(N, c, c));
        for (size_t i = 0; i < POINTS; i++)
            mean += log_density(cloud.x[i], c) / POINTS;
        double got = linear_log_likelihood(&cloud.moments, &model, arena);
        cr_assert_float_eq(got, mean, close_to(mean));
    }
    arena_free(arena);
}

/* The posterior: mean v x, and the factor of its covariance. */
static void posterior(const struct linear_model *model, double v[D * N],
                      double covariance[D * D])
{
    double m[D * D];
    linear_precision(model, m);
    double det = m[0] * m[3] - m[1] * m[2];
    const double inverse[D * D] = {m[3] / det, -m[1] / det, -m[2] / det,
                                   m[0] / det};
    matrix_product(D, D, N, inverse, model->w, v);
    for (size_t i = 0; i < D * D; i++)
        covariance[i] = model->variance * inverse[i];
}

Test(linear_vae, gap_is_the_divergence_from_the_posterior)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double w[D * N], v[D * N], exact[D * N], l[D * D], kl = 0;
        double spread[D], guess_l[D * D] = {0}, work[D * (D + 1)];
        draw_cloud(trial, &cloud);
        struct linear_model model = {N, D, w, random_model(trial, w)};
        posterior(&model, exact, l);
        cr_assert(cholesky(D, l, l));
        for (uint32_t i = 0; i < D * N; i++)
            v[i] = exact[i] + 0.3 * normal(trial, 4000 + i);
        for (uint32_t j = 0; j < D; j++) {
            spread[j] = exp(normal(trial, 5000 + j));
            guess_l[j * D + j] = sqrt(spread[j]);
        }
        for (size_t i = 0; i < POINTS; i++) {
            double mq[D], mp[D];
            for (size_t j = 0; j < D; j++) {
                mq[j] = matrix_dot(N, v + j * N, cloud.x[i]);
                mp[j] = matrix_dot(N, exact + j * N, cloud.x[i]);
            }
            kl += gaussian_kl_full(D, mq, guess_l, mp, l, work) / POINTS;
        }
        struct linear_guess guess = {v, spread};
        double evidence = linear_log_likelihood(&cloud.moments, &model,
                                                arena);
        double bound = linear_bound(&cloud.moments, &model, &guess, arena);
        cr_assert_float_eq(evidence - bound, kl, close_to(evidence));
    }
    arena_free(arena);
}

/* The best guess of independent latents has the posterior's mean and the
   variances sigma^2 / M_jj. What it misses is the family's part of the gap;
   the rest is the encoder's. */
struct best_guess { double v[D * N], variance[D], misses; };

static void guess_best(const struct linear_model *model,
                       struct best_guess *best)
{
    double m[D * D], covariance[D * D];
    posterior(model, best->v, covariance);
    linear_precision(model, m);
    for (size_t j = 0; j < D; j++)
        best->variance[j] = model->variance / m[j * (D + 1)];
    best->misses = log(m[0] * m[3] / (m[0] * m[3] - m[1] * m[2])) / 2;
}

Test(linear_vae, gap_is_the_part_of_the_family_and_that_of_the_encoder)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        struct best_guess best;
        double w[D * N], v[D * N], m[D * D], spread[D], d[D * N];
        draw_cloud(trial, &cloud);
        struct linear_model model = {N, D, w, random_model(trial, w)};
        guess_best(&model, &best);
        linear_precision(&model, m);
        double evidence = linear_log_likelihood(&cloud.moments, &model,
                                                arena);
        double reached = linear_bound(
            &cloud.moments, &model,
            &(struct linear_guess){best.v, best.variance}, arena);
        cr_assert_float_eq(evidence - reached, best.misses,
                           close_to(evidence));
        double encoder = 0;
        for (uint32_t i = 0; i < D * N; i++) {
            d[i] = 0.3 * normal(trial, 4000 + i);
            v[i] = best.v[i] + d[i];
        }
        for (uint32_t j = 0; j < D; j++) {
            double ratio = exp(normal(trial, 5000 + j));
            spread[j] = best.variance[j] * ratio;
            encoder += (ratio - 1 - log(ratio)) / 2;
        }
        for (size_t i = 0; i < POINTS; i++)
            for (size_t j = 0; j < D * D; j++)
                encoder += matrix_dot(N, d + j / D * N, cloud.x[i]) *
                           matrix_dot(N, d + j % D * N, cloud.x[i]) * m[j] /
                           (2 * model.variance * POINTS);
        double bound = linear_bound(&cloud.moments, &model,
                                    &(struct linear_guess){v, spread},
                                    arena);
        cr_assert_geq(encoder, 0);
        cr_assert_float_eq(reached - bound, encoder, close_to(evidence));
    }
    arena_free(arena);
}

Test(linear_vae, bound_reaches_the_evidence_at_the_posterior)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double a[N * N], values[N], axes[N * N], w[D * N], v[D * N];
        double covariance[D * D], variance;
        draw_cloud(trial, &cloud);
        memcpy(a, cloud.about, sizeof a);
        eigen_symmetric(N, a, values, axes);
        double best = ppca_log_likelihood(N, D, values, cloud.moments.trace,
                                          &variance);
        for (size_t i = 0; i < D * N; i++)
            w[i] = sqrt(values[i / N] - variance) * axes[i];
        struct linear_model model = {N, D, w, variance};
        posterior(&model, v, covariance);
        double spread[D] = {covariance[0], covariance[3]};
        struct linear_guess guess = {v, spread};
        double bound = linear_bound(&cloud.moments, &model, &guess, arena);
        cr_assert_float_eq(bound, best, close_to(best));
        for (size_t j = 0; j < D; j++)
            cr_assert_float_eq(spread[j], variance / values[j], 1e-10);
    }
    arena_free(arena);
}

Test(linear_vae, mixing_two_axes_costs_what_the_formula_says)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double a[N * N], l[N], axes[N * N], w[D * N], v[D * N], m[D * D];
        double covariance[D * D], variance, angle = normal(trial, 9000);
        draw_cloud(trial, &cloud);
        memcpy(a, cloud.about, sizeof a);
        eigen_symmetric(N, a, l, axes);
        double best = ppca_log_likelihood(N, D, l, cloud.moments.trace,
                                          &variance);
        for (size_t i = 0; i < N; i++) {
            double x = sqrt(l[0] - variance) * axes[i];
            double y = sqrt(l[1] - variance) * axes[N + i];
            w[i] = cos(angle) * x - sin(angle) * y;
            w[N + i] = sin(angle) * x + cos(angle) * y;
        }
        struct linear_model model = {N, D, w, variance};
        posterior(&model, v, covariance);
        linear_precision(&model, m);
        double spread[D] = {variance / m[0], variance / m[3]};
        struct linear_guess guess = {v, spread};
        double gap = best - linear_bound(&cloud.moments, &model, &guess,
                                         arena);
        double mix = (l[0] - l[1]) * sin(2 * angle);
        double expected = log1p(mix * mix / (4 * l[0] * l[1])) / 2;
        cr_assert_float_eq(gap, expected, close_to(best));
    }
    arena_free(arena);
}

Test(ppca, maximum_agrees_with_the_general_formula)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double values[N], axes[N * N], w[D * N], variance;
        draw_cloud(trial, &cloud);
        eigen_leading(N, cloud.about, N, arena, values, axes);
        double best = ppca_log_likelihood(N, D, values, cloud.moments.trace,
                                          &variance);
        double angle = normal(trial, 6000);
        for (size_t i = 0; i < N; i++) {
            double a = sqrt(values[0] - variance) * axes[i];
            double b = sqrt(values[1] - variance) * axes[N + i];
            w[i] = cos(angle) * a - sin(angle) * b;
            w[N + i] = sin(angle) * a + cos(angle) * b;
        }
        struct linear_model model = {N, D, w, variance};
        double got = linear_log_likelihood(&cloud.moments, &model, arena);
        cr_assert_float_eq(got, best, close_to(best));
    }
    arena_free(arena);
}

Test(ppca, no_model_beats_the_maximum)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double a[N * N], values[N], axes[N * N], best_w[D * N], variance;
        draw_cloud(trial, &cloud);
        memcpy(a, cloud.about, sizeof a);
        eigen_symmetric(N, a, values, axes);
        double best = ppca_log_likelihood(N, D, values, cloud.moments.trace,
                                          &variance);
        for (size_t i = 0; i < D * N; i++)
            best_w[i] = sqrt(values[i / N] - variance) * axes[i];
        for (uint32_t other = 0; other < 100; other++) {
            double w[D * N], step = other % 2 == 0 ? 0.01 : 1;
            double v = variance * exp(step * normal(trial, 7000 + other));
            for (uint32_t i = 0; i < D * N; i++)
                w[i] = best_w[i] +
                       step * normal(trial + 100, other * D * N + i);
            struct linear_model model = {N, D, w, v};
            cr_assert_leq(linear_log_likelihood(&cloud.moments, &model,
                                                arena), best + 1e-9);
        }
    }
    arena_free(arena);
}

/* With the variance fixed, the square of a column is what its eigenvalue
   exceeds the variance by, and no other model is more likely. */
Test(ppca, with_a_fixed_variance_uses_a_latent_only_above_it)
{
    struct arena *arena = arena_new(MEBIBYTE);
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double a[N * N], values[N], axes[N * N], best_w[D * N];
        draw_cloud(trial, &cloud);
        memcpy(a, cloud.about, sizeof a);
        eigen_symmetric(N, a, values, axes);
        /* above both eigenvalues in use, between them, or below */
        double fixed = trial % 3 == 0 ? 1.5 * values[0] :
                       trial % 3 == 1 ? (values[0] + values[1]) / 2 :
                       values[1] / 2;
        for (size_t i = 0; i < D * N; i++)
            best_w[i] = sqrt(fmax(values[i / N] - fixed, 0)) * axes[i];
        struct linear_model model = {N, D, best_w, fixed};
        double best = linear_log_likelihood(&cloud.moments, &model, arena);
        for (uint32_t other = 0; other < 100; other++) {
            double w[D * N], step = other % 2 == 0 ? 0.01 : 1;
            for (uint32_t i = 0; i < D * N; i++)
                w[i] = best_w[i] +
                       step * normal(trial + 100, other * D * N + i);
            model.w = w;
            cr_assert_leq(linear_log_likelihood(&cloud.moments, &model,
                                                arena), best + 1e-9);
        }
    }
    arena_free(arena);
}

/* The model that uses the axes first and second, or fewer where they are N;
   its variance is the mean of the other eigenvalues. */
static bool stationary(const double *values, const double *axes,
                       size_t first, size_t second, double w[D * N],
                       double *variance)
{
    size_t use[D] = {first, second};
    size_t used = first == N ? 0 : second == N ? 1 : 2;
    *variance = 0;
    for (size_t i = 0; i < N; i++)
        if (i != first && i != second)
            *variance += values[i] / (double)(N - used);
    for (size_t j = 0; j < D; j++) {
        if (use[j] < N && values[use[j]] <= *variance)
            return false;
        for (size_t i = 0; i < N; i++)
            w[j * N + i] = use[j] == N ? 0 :
                sqrt(values[use[j]] - *variance) * axes[use[j] * N + i];
    }
    return true;
}

/* Does the likelihood stay, to first order, in whatever direction? */
static void assert_level(uint32_t trial, const struct moments *moments,
                         const double w[D * N], double variance,
                         struct arena *arena)
{
    double value[2], step = 1e-5;
    for (int side = 0; side < 2; side++) {
        double moved[D * N], way = side == 0 ? -step : step;
        for (uint32_t i = 0; i < D * N; i++)
            moved[i] = w[i] + way * normal(trial, 11000 + i);
        struct linear_model model = {
            N, D, moved, variance + way * normal(trial, 11999)};
        value[side] = linear_log_likelihood(moments, &model, arena);
    }
    cr_assert_float_eq((value[1] - value[0]) / (2 * step), 0, 1e-4);
}

Test(ppca, every_other_stationary_point_has_a_way_up)
{
    struct arena *arena = arena_new(MEBIBYTE);
    size_t seen = 0;
    for (uint32_t trial = 0; trial < 50; trial++) {
        struct cloud cloud;
        double a[N * N], l[N], u[N * N], w[D * N], variance;
        draw_cloud(trial, &cloud);
        memcpy(a, cloud.about, sizeof a);
        eigen_symmetric(N, a, l, u);
        for (size_t first = 0; first <= N; first++)
            for (size_t second = first < N ? first + 1 : N; second <= N;
                 second++) {
                if ((first == 0 && second == 1) ||
                    !stationary(l, u, first, second, w, &variance))
                    continue;
                struct linear_model model = {N, D, w, variance};
                double here = linear_log_likelihood(&cloud.moments, &model,
                                                    arena);
                assert_level(trial, &cloud.moments, w, variance, arena);
                /* the best unused axis, and the column to be moved */
                size_t k = first == 0 ? 1 : 0, i = second;
                double from = i == N ? 0 : sqrt(l[i] - variance);
                double turn = 0.05, to = i == N ? 0.05 : from * sin(turn);
                for (size_t p = 0; p < N; p++)
                    w[N + p] = (i == N ? 0 : from * cos(turn) * u[i * N + p])
                               + to * u[k * N + p];
                cr_assert_gt(linear_log_likelihood(&cloud.moments, &model,
                                                   arena), here + 1e-9);
                seen++;
            }
    }
    cr_assert(seen > 100, "%zu", seen);
    arena_free(arena);
}

Test(eigen, vectors_are_orthonormal_and_diagonalise)
{
    struct arena *arena = arena_new(MEBIBYTE);
    struct cloud cloud;
    double a[N * N], values[N], axes[N * N], again[N], image[N * N];
    double lead[N * N];
    draw_cloud(1, &cloud);
    memcpy(a, cloud.about, sizeof a);
    eigen_symmetric(N, a, values, axes);
    matrix_product(N, N, N, axes, cloud.about, image);
    eigen_leading(N, cloud.about, N, arena, again, lead);
    for (size_t i = 0; i < N; i++) {
        cr_assert_float_eq(values[i], again[i], 1e-10);
        for (size_t j = 0; j < N; j++) {
            const double *u = axes + i * N, *w = axes + j * N;
            cr_assert_float_eq(matrix_dot(N, u, w), i == j, 1e-12);
            cr_assert_float_eq(matrix_dot(N, image + i * N, w),
                               i == j ? values[i] : 0, 1e-10);
        }
    }
    arena_free(arena);
}

Test(eigen, leading_ones_are_those_of_the_whole)
{
    enum { BIG = 60, FEW = 4 };
    struct arena *arena = arena_new(MEBIBYTE);
    double *a = arena_alloc(arena, BIG * BIG, sizeof *a);
    double *axes = arena_alloc(arena, BIG * BIG, sizeof *axes);
    double values[BIG], lead[FEW], few[FEW * BIG];
    for (uint32_t i = 0; i < BIG; i++)
        for (uint32_t j = 0; j < BIG; j++)
            for (uint32_t k = 0; k < BIG; k++)
                a[i * BIG + j] += normal(k, 8000 + i) * normal(k, 8000 + j) *
                                  pow(0.8, k);
    eigen_leading(BIG, a, FEW, arena, lead, few);
    eigen_symmetric(BIG, a, values, axes);
    for (size_t j = 0; j < FEW; j++) {
        cr_assert_float_eq(lead[j], values[j], 1e-9 * values[0]);
        cr_assert_float_eq(fabs(matrix_dot(BIG, few + j * BIG,
                                           axes + j * BIG)), 1, 1e-9);
    }
    arena_free(arena);
}

Test(moments, are_those_of_the_pixels_about_any_centre)
{
    struct arena *arena = arena_new(MEBIBYTE);
    uint8_t pixels[] = {0, 255, 51, 0, 102, 204, 255, 255, 0, 0, 0, 153};
    struct dataset data = {.count = 6, .height = 1, .width = 2,
                           .pixels = pixels};
    const double centre[2] = {0.25, 0.5};
    struct moments m = moments_of(&data, NULL, arena);
    struct moments c = moments_of(&data, centre, arena);
    double about[2][4] = {{0}, {0}};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 4; j++) {
            double x = pixels[2 * i + j / 2] / 255.0;
            double y = pixels[2 * i + j % 2] / 255.0;
            about[0][j] += (x - m.mean[j / 2]) * (y - m.mean[j % 2]) / 6;
            about[1][j] += (x - centre[j / 2]) * (y - centre[j % 2]) / 6;
        }
    for (size_t j = 0; j < 4; j++) {
        cr_assert_float_eq(m.about[j], about[0][j], 1e-14);
        cr_assert_float_eq(c.about[j], about[1][j], 1e-14);
    }
    cr_assert_float_eq(m.trace, about[0][0] + about[0][3], 1e-14);
    arena_free(arena);
}

static struct node *build_nll(void *x, struct tape *t, struct parameters *ps)
{
    struct tensor image = tensor_view2(x, 2, N);
    return op_mean(t, op_gaussian_nll(t, tape_parameter(t, &ps->item[0]),
                                      tape_constant(t, image),
                                      tape_parameter(t, &ps->item[1])));
}

static struct parameters *nll_parameters(struct arena *arena, real *x)
{
    const struct parameter_spec spec[] = {{"mean", 2, {2, N}},
                                          {"logvar", 1, {1}}};
    struct parameters *ps = parameters_new(arena, 2, spec);
    for (uint32_t i = 0; i < 2 * N; i++) {
        ps->item[0].value.data[i] = (real)normal(1, i);
        x[i] = (real)normal(2, i);
    }
    ps->item[1].value.data[0] = (real)-0.7;
    return ps;
}

Test(gaussian_nll, gradient_agrees_with_finite_differences)
{
    if (sizeof(real) != 8)
        return;
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(MEBIBYTE);
    real x[2 * N];
    struct parameters *ps = nll_parameters(arena, x);
    cr_assert_leq(check_gradient(engine, ps, build_nll, x), 1e-7);
    arena_free(arena);
    engine_free(engine);
}

Test(gaussian_nll, agrees_with_the_density_of_each_pixel)
{
    struct engine *engine = engine_new(1, NULL);
    struct arena *arena = arena_new(MEBIBYTE), *step = arena_new(MEBIBYTE);
    real x[2 * N];
    struct parameters *ps = nll_parameters(arena, x);
    struct tape *tape = tape_new(engine, step);
    double got = (double)build_nll(x, tape, ps)->value.data[0];
    double sigma = exp(-0.35), expected = 0;
    for (size_t i = 0; i < 2 * N; i++) {
        double z = ((double)x[i] - (double)ps->item[0].value.data[i]) /
                   sigma;
        expected -= log(exp(-z * z / 2) / (sigma * sqrt(exp(LOG_2PI)))) / 2;
    }
    cr_assert_float_eq(got, expected, 1e-4);
    arena_free(arena);
    arena_free(step);
    engine_free(engine);
}
