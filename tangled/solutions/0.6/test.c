/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.6/exercise.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { WEIGHTS = 6 };

/* try one tied matrix */
static const char *list(char text[64], size_t n, const float *x)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, 64 - at, "%s%g", i ? ", " : "",
                               (double)x[i]);
    return text;
}
static void try_tied(size_t n, size_t d, const float *x, const float *w,
                     const float *dx_hat, const float *before)
{
    float got[WEIGHTS], want[WEIGHTS];
    bool out_alone = true, in_alone = true, out_twice = true;
    bool replaced = true;
    char in[4][64];
    grade_trying("tied_backward(%zu, %zu, {%s}, {%s}, {%s}, dw), dw = {%s} "
                 "before", n, d, list(in[0], n, x), list(in[1], n * d, w),
                 list(in[2], n, dx_hat), list(in[3], n * d, before));
    for (size_t i = 0; i < n * d; i++)
        got[i] = before[i];
    tied_backward(n, d, x, w, dx_hat, got);
    for (size_t i = 0; i < n * d; i++) {
        float z = 0, dz = 0;
        for (size_t j = 0; j < n; j++) {
            z += w[j * d + i % d] * x[j];
            dz += w[j * d + i % d] * dx_hat[j];
        }
        /* compare with parts of the gradient */
        double out = (double)(dx_hat[i / d] * z);
        double in = (double)(x[i / d] * dz);
        double old = (double)before[i], g = (double)got[i];
        want[i] = (float)(old + out + in);
        out_alone &= grade_near(old + out, g, 1e-5);
        in_alone &= grade_near(old + in, g, 1e-5);
        out_twice &= grade_near(old + 2 * out, g, 1e-5);
        replaced &= grade_near(out + in, g, 1e-5);
    }
    /* name the part that is missing */
    grade_hint_if(replaced, "It seems that you replaced dw instead of adding "
                  "to it; the matrix may have other uses.");
    grade_hint_if(out_alone, "This is the gradient of the way out alone. "
                  "The matrix made the code, too.");
    grade_hint_if(in_alone, "This is the gradient of the way in alone. The "
                  "matrix also rebuilds the image.");
    grade_hint_if(out_twice, "This is twice the gradient of the way out. "
                  "The two uses have different gradients.");
    grade_all_close(n * d, want, got, 1e-5);
}

Test(exercise_0_6, adds_the_gradients_of_both_uses)
{
    const float x[] = {1, 0.5f, -1}, back[] = {-0.5f, 0.25f, 1};
    const float ones[] = {1, 1}, none[WEIGHTS] = {0};
    const float w[] = {1, 0.5f, -1, 2, 0.25f, 1};
    const float before[] = {1, 2, 3, 4, 5, 6};
    grade_asks("sec:chain-rule", "the gradient of a matrix that codes and "
                                 "decodes, added to dw");
    try_tied(2, 1, x, ones, back, none);
    try_tied(3, 2, x, w, back, none);
    try_tied(3, 2, x, w, back, before);
}
