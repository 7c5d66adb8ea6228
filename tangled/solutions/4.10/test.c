/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.10/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

enum { N = 3 };

/* cos(turn) a + sin(turn) (b - share a) scale */
static bool is_path(const double z[N], const double a[N], const double b[N],
                    double turn, double share, double scale)
{
    bool near = true;
    for (size_t i = 0; i < N; i++)
        near = near && grade_near(cos(turn) * a[i] + sin(turn) * scale *
                                  (b[i] - share * a[i]), z[i], 1e-9);
    return near;
}

/* try one place on the way */
static void try_place(const double a[N], const double b[N], double t)
{
    double aa = 0, ab = 0, bb = 0, z[N], turn = 8 * atan(1) * t;
    for (size_t i = 0; i < N; i++) {
        aa += a[i] * a[i];
        ab += a[i] * b[i];
        bb += b[i] * b[i];
    }
    double share = ab / aa, scale = sqrt(aa / (bb - ab * share));
    grade_trying("round_trip(3, {%g, %g, %g}, {%g, %g, %g}, %g, z)", a[0],
                 a[1], a[2], b[0], b[1], b[2], t);
    round_trip(N, a, b, t, z);
    grade_hint_if(is_path(z, a, b, turn, 0, sqrt(aa / bb)) ||
                  is_path(z, a, b, turn, 0, 1),
                  "The two directions must be at right angles: take from b "
                  "its share along a.");
    grade_hint_if(is_path(z, a, b, turn, share, 1),
                  "That is an ellipse. What is left of b must be given "
                  "the same norm as a.");
    grade_hint_if(is_path(z, a, b, t, share, scale),
                  "At t = 1 you have gone one radian, not once around.");
    size_t worst = 0;
    double expected[N];
    for (size_t i = 0; i < N; i++) {
        expected[i] = cos(turn) * a[i] +
                      sin(turn) * scale * (b[i] - share * a[i]);
        if (!(fabs(expected[i] - z[i]) <= fabs(expected[worst] - z[worst])))
            worst = i;
    }
    grade_close(expected[worst], z[worst], 1e-9);
}

Test(exercise_4_10, goes_once_around_at_the_same_norm)
{
    const double a[N] = {3, 0, 0}, b[N] = {1, 2, 0};
    const double c[N] = {1, 2, -2}, d[N] = {2, 0.5, 1};
    grade_asks("sec:interpolation", "a closed path through the codes, at "
                                    "one distance from the origin");
    for (int k = 0; k <= 8; k++) {
        try_place(a, b, k / 8.0);
        try_place(c, d, k / 8.0);
    }
}
