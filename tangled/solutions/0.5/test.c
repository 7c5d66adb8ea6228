/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.5/exercise.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* take steps rightly or by a mistake */
enum mistake {
    NONE, UNCORRECTED, PENALTY, STORED, UNDER_ROOT, NO_DECAY, LATE_DECAY
};

static double reference(enum mistake which, const struct adamw *a,
                        int steps, const float *grads)
{
    double m = 0, v = 0, w = 2, b1 = (double)a->beta1;
    double b2 = (double)a->beta2, rate = (double)a->rate;
    double decay = (double)a->decay, eps = (double)a->epsilon;
    for (int t = 1; t <= steps; t++) {
        double g = (double)grads[t - 1];
        g += which == PENALTY ? decay * w : 0;
        double c1 = which == UNCORRECTED ? 1 : 1 - pow(b1, t);
        double c2 = which == UNCORRECTED ? 1 : 1 - pow(b2, t);
        m += (1 - b1) * (g - m);
        v += (1 - b2) * (g * g - v);
        double keep = which == PENALTY || which == NO_DECAY ? 1 :
                      1 - rate * decay;
        w *= which == LATE_DECAY ? 1 : keep;
        w -= rate * m / c1 / (which == UNDER_ROOT ? sqrt(v / c2 + eps) :
                              sqrt(v / c2) + eps);
        w *= which == LATE_DECAY ? keep : 1;
        m /= which == STORED ? c1 : 1;
        v /= which == STORED ? c2 : 1;
    }
    return w;
}
/* try some steps of AdamW */
static void try_steps(int steps, const float *g, float decay)
{
    const struct adamw a = {0.1f, 0.9f, 0.999f, 1e-8f, decay};
    float m = 0, v = 0, w = 2;
    char all[64] = "";
    for (int t = 0; t < steps; t++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%g",
                 t ? ", " : "", (double)g[t]);
    grade_trying("%d step(s) from w = 2, m = v = 0, with the gradients "
                 "{%s}: rate 0.1, betas 0.9 and 0.999, epsilon 1e-8, "
                 "decay %g", steps, all, (double)decay);
    for (int t = 1; t <= steps; t++)
        adamw_step(&a, t, 1, &g[t - 1], &m, &v, &w);
    static const struct {
        enum mistake which; const char *hint;
    } known[] = {
        {UNCORRECTED, "This is the update without the corrections for the "
                      "start at zero."},
        {PENALTY, "The decay went through the gradient, and so through the "
                  "division by the root of v."},
        {STORED, "The corrected moments were stored; the next step "
                 "averages with the uncorrected ones."},
        {UNDER_ROOT, "The epsilon stands under the root. It belongs "
                     "outside."},
        {NO_DECAY, "There is no decay in this."},
        {LATE_DECAY, "The weight decays after the step, and the step "
                     "with it. It comes first."}};
    double want = reference(NONE, &a, steps, g), got = (double)w;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        double with = reference(known[i].which, &a, steps, g);
        grade_hint_if(!grade_near(with, want, 1e-4) &&
                      grade_near(with, got, 2e-5), known[i].hint);
    }
    grade_close(want, got, 2e-5);
}

Test(exercise_0_5, moves_weights_as_adamw_does)
{
    const float usual[] = {1, -2, 0.5f, 1}, tiny[] = {1e-5f, -1e-5f};
    grade_asks("sec:adam", "one step of AdamW, with both corrections");
    try_steps(1, usual, 0);
    try_steps(4, usual, 0);
    try_steps(2, usual, 0.5f);
    try_steps(2, tiny, 0);
}
