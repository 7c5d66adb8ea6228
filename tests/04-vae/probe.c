#include "04-vae/probe.h"

#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/arena.h"
#include "00-foundations/rng.h"

enum { TRAIN = 5000, TEST = 2000, WIDTH = 12 };

/* Features of TRAIN + TEST images: the class plus noise of a deviation on
   ten axes, then one that never varies and one that is noise alone. */
struct both { struct features train, test; };

static struct both draw(struct arena *arena, double noise) {
    enum { ALL = TRAIN + TEST };
    struct rng_stream s = {.seed = 3, .purpose = RNG_NOISE};
    real *x = arena_alloc(arena, ALL * WIDTH, sizeof *x);
    uint8_t *labels = arena_alloc(arena, ALL, 1);
    for (uint32_t i = 0; i < ALL; i++) {
        labels[i] = (uint8_t)(rng_uniform(s, i, 100) * 10);
        for (uint32_t j = 0; j < 10; j++)
            x[i * WIDTH + j] = (real)((labels[i] == j) +
                                      noise * (double)rng_normal(s, i, j));
        x[i * WIDTH + 10] = 7;
        x[i * WIDTH + 11] = rng_normal(s, i, 11);
    }
    return (struct both){{TRAIN, WIDTH, x, labels},
        {TEST, WIDTH, x + TRAIN * WIDTH, labels + TRAIN}};
}

static double error_of(double noise, const double scale[WIDTH],
                       const double shift[WIDTH]) {
    struct arena *arena = arena_new((size_t)1 << 21);
    struct engine *engine = engine_new(1, NULL);
    struct both b = draw(arena, noise);
    for (size_t i = 0; scale && i < (TRAIN + TEST) * WIDTH; i++)
        b.train.x[i] = (real)((double)b.train.x[i] * scale[i % WIDTH] +
                              shift[i % WIDTH]);
    double error = probe_error(engine, &b.train, &b.test);
    engine_free(engine);
    arena_free(arena);
    return error;
}

/* Catches labels out of step with features, and a test set not
   standardised like the training set. */
Test(probe, reads_classes_off_axes_that_bear_them) {
    cr_assert_eq(error_of(0.02, NULL, NULL), 0);
}

/* The best guess is the largest feature; with noise 0.5 it errs with the
   probability that nine normal numbers of deviation 0.5 top one of mean 1. */
Test(probe, comes_close_to_the_best_linear_classifier) {
    const double root_two_pi = 2.5066282746310002;
    double best = 0, step = 0.001;
    for (double t = -8; t < 8; t += step)
        best += step * exp(-t * t / 2) / root_two_pi *
                pow(erfc(-(t + 2) / sqrt(2)) / 2, 9);
    double wrong = 100 * (1 - best), found = error_of(0.5, NULL, NULL);
    double deviation = sqrt(wrong * (100 - wrong) / TEST);
    cr_assert(found > wrong - 4 * deviation &&
              found < wrong + 4 * deviation + 1.5, "%f %f", found, wrong);
}

/* Catches features that are not standardised, and a division by the
   deviation of one that never varies. */
Test(probe, does_not_depend_on_scale_and_place_of_a_feature) {
    const double scale[WIDTH] = {1e3, 1, 1e-3, 5, 1, 1, 1, 1, 1, 1, 1, 1};
    const double shift[WIDTH] = {0, 50, 0.5, -9, 0, 0, 0, 0, 0, 0, 0, 0};
    double plain = error_of(0.5, NULL, NULL);
    double moved = error_of(0.5, scale, shift);
    cr_assert(fabs(plain - moved) < 0.5, "%f %f", plain, moved);
}

/* Catches test images that leak into the fit. */
Test(probe, cannot_guess_classes_from_noise) {
    double found = error_of(1e6, NULL, NULL);
    cr_assert(found > 85 && found < 95, "%f", found);
}
