#include "00-foundations/pen.h"

#include <criterion/criterion.h>
#include <math.h>

#include "00-foundations/rng.h"

/* A number between low and high that depends on i alone. */
static float between(float low, float high, uint32_t i) {
    uint32_t word[4];
    philox((uint32_t[4]){i, 0, 0, RNG_TEST}, (uint32_t[2]){7, 7}, word);
    return low + (high - low) * ((float)(word[0] >> 8) / 16777216.0f);
}

static struct pen_curve some_curve(uint32_t trial) {
    struct pen_curve curve;
    for (uint32_t i = 0; i < 4; i++)
        curve.b[i] = (struct pen_point){between(0, 28, 12 * trial + 3 * i),
                                        between(0, 28, 12 * trial + 3 * i + 1),
                                        between(0, 2, 12 * trial + 3 * i + 2)};
    return curve;
}

Test(pen, a_path_through_points_of_a_parabola_is_the_parabola) {
    for (uint32_t trial = 0; trial < 100; trial++) {
        float c[3];
        for (uint32_t i = 0; i < 3; i++)
            c[i] = between(-3, 3, 3 * trial + i);
        struct pen_point p[4];
        for (int i = 0; i < 4; i++) {
            float t = (float)(i - 1);
            p[i] = (struct pen_point){t, c[0] + c[1] * t + c[2] * t * t,
                                      c[2] - t};
        }
        struct pen_curve curve = pen_through(p);
        for (int i = 0; i <= 16; i++) {
            float t = (float)i / 16;
            struct pen_point at = pen_at(&curve, t);
            cr_assert_float_eq(at.x, t, 1e-5);
            cr_assert_float_eq(at.y, c[0] + c[1] * t + c[2] * t * t, 1e-5);
            cr_assert_float_eq(at.r, c[2] - t, 1e-5);
        }
    }
}

Test(pen, chords_stay_within_the_tolerance_of_the_curve) {
    for (uint32_t trial = 0; trial < 100; trial++) {
        struct pen_curve curve = some_curve(trial);
        for (int i = 0; i < 4; i++)
            curve.b[i].r = 0;
        float tolerance = trial % 2 ? 0.05f : 0.5f;
        size_t chords = pen_chords(&curve, tolerance);
        for (size_t i = 0; i < 40 * chords; i++) {
            float n = (float)chords;
            struct pen_point at = pen_at(&curve, (float)i / (40 * n));
            struct pen_point a = pen_at(&curve, (float)(i / 40) / n);
            struct pen_point b = pen_at(&curve, (float)(i / 40 + 1) / n);
            float distance = pen_edge(a, b, at.x, at.y);
            cr_assert(distance <= tolerance + 1e-4f,
                      "chord %zu of %zu is %g away", i / 40, chords,
                      (double)distance);
        }
    }
}

Test(pen, a_straight_curve_is_one_chord) {
    struct pen_curve line = {{{0, 0, 1}, {2, 1, 1}, {4, 2, 1}, {6, 3, 1}}};
    cr_assert_eq(pen_chords(&line, 0.05f), 1);
}

Test(pen, distances_of_the_example) {
    struct pen_point a = {0, 0, 0}, b = {4, 0, 0};
    cr_assert_float_eq(pen_edge(a, b, 3, 2), 2, 1e-6);
    cr_assert_float_eq(pen_edge(a, b, 7, 4), 5, 1e-6);
    cr_assert_float_eq(pen_edge(a, a, 3, 4), 5, 1e-6);   /* a dot */
}

Test(pen, no_point_of_the_chord_is_nearer) {
    for (uint32_t trial = 0; trial < 200; trial++) {
        struct pen_curve points = some_curve(trial);
        struct pen_point a = points.b[0], b = points.b[1], p = points.b[2];
        a.r = b.r = 0;
        double distance = (double)pen_edge(a, b, p.x, p.y), least = INFINITY;
        for (int i = 0; i <= 1000; i++) {
            double t = i / 1000.0;
            double x = (double)a.x + t * (double)(b.x - a.x);
            double y = (double)a.y + t * (double)(b.y - a.y);
            double d = hypot((double)p.x - x, (double)p.y - y);
            cr_assert(distance <= d + 1e-4);
            least = fmin(least, d);
        }
        cr_assert_float_eq(distance, least, 0.05);
    }
}

Test(pen, a_row_of_a_stroke_holds_its_width_in_ink) {
    for (uint32_t trial = 0; trial < 200; trial++) {
        float x = between(8, 20, 2 * trial), r = between(0.5f, 4, 2 * trial + 1);
        struct pen_canvas canvas;
        uint8_t pixels[PEN_SIDE * PEN_SIDE];
        pen_clear(&canvas);
        pen_line(&canvas, (struct pen_point){x, 2, r},
                 (struct pen_point){x, 26, r});
        pen_ink(&canvas, pixels);
        double ink = 0;
        for (int j = 0; j < PEN_SIDE; j++)
            ink += pixels[14 * PEN_SIDE + j] / 255.0;
        cr_assert_float_eq(ink, 2 * (double)r, 4 * 0.5 / 255 + 1e-4);
    }
}

Test(pen, what_falls_off_the_canvas_is_lost) {
    struct pen_canvas canvas;
    uint8_t pixels[PEN_SIDE * PEN_SIDE];
    pen_clear(&canvas);
    pen_line(&canvas, (struct pen_point){-90, -40, 3},
             (struct pen_point){-9, 70, 2});
    pen_line(&canvas, (struct pen_point){40, 90, 3},
             (struct pen_point){31, -50, 2});
    pen_ink(&canvas, pixels);
    for (size_t i = 0; i < PEN_SIDE * PEN_SIDE; i++)
        cr_assert_eq(pixels[i], 0);
}

Test(pen, a_drifting_error_keeps_its_variance) {
    enum { N = 200000 };
    struct pen_point error = {0, 0, 0};
    double square = 0, product = 0;
    for (uint32_t i = 0; i < N; i++) {
        float u = between(-1.7320508f, 1.7320508f, i);      /* variance 1 */
        struct pen_point next = pen_drift(error, (struct pen_point){u, 0, 0});
        square += (double)(next.x * next.x);
        product += (double)(next.x * error.x);
        error = next;
    }
    /* five standard errors of a variance, (1 + .64) / (1 - .64) correlated */
    double five = 5 * sqrt(2.0 * 1.64 / 0.36 / N);
    cr_assert_float_eq(square / N, 1, five);
    cr_assert_float_eq(product / N, 0.8, five);
}

Test(pen, a_point_is_turned_by_the_angle_and_not_stretched) {
    for (int i = -25; i <= 25; i++) {
        double angle = i / 100.0;
        struct pen_point p = pen_turn((struct pen_point){1, 0, 2},
                                      (float)angle);
        cr_assert_float_eq(p.x, cos(angle), 1e-5);
        cr_assert_float_eq(p.y, sin(angle), 1e-5);
        cr_assert_float_eq(p.x * p.x + p.y * p.y, 1, 5e-7);
        cr_assert_eq(p.r, 2);
    }
}
