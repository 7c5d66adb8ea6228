/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/4.4/exercise.h"

#include <criterion/criterion.h>
#include <math.h>

enum { MOST = 4 };

static void try_image(size_t pixels, const double x[], const double mean[],
                      double logvar)
{
    const double log_two_pi = 1.8378770664093453;
    double squares = 0, n = (double)pixels;
    for (size_t i = 0; i < pixels; i++)
        squares += (x[i] - mean[i]) * (x[i] - mean[i]);
    double expected = (squares * exp(-logvar) +
                       n * (logvar + log_two_pi)) / 2;
    grade_trying("gaussian_decoder_nll(%zu, {%g, ...}, {%g, ...}, %g)",
                 pixels, x[0], mean[0], logvar);
    double got = gaussian_decoder_nll(pixels, x, mean, logvar);
    /* recognise what is usually left out */
    grade_hint_if(grade_near(expected - n * log_two_pi / 2, got, 1e-9),
                  "The constant is missing: half of log 2 pi for each pixel. "
                  "Without it this is the logarithm of no density.");
    grade_hint_if(grade_near((squares * exp(-2 * logvar) +
                              n * (2 * logvar + log_two_pi)) / 2, got, 1e-9),
                  "It seems that you read logvar as the log standard "
                  "deviation; it is the logarithm of the variance.");
    grade_hint_if(grade_near((squares * exp(-logvar) + logvar +
                              log_two_pi) / 2, got, 1e-9),
                  "Variance and constant are counted once for the image; they "
                  "stand in the density once for every pixel.");
    grade_hint_if(grade_near(expected / n, got, 1e-9),
                  "That is the mean over the pixels. Their costs add.");
    grade_hint_if(grade_near(-expected, got, 1e-9),
                  "The sign: a cost is minus the logarithm.");
    grade_close(expected, got, 1e-9);
}

Test(exercise_4_4, is_minus_the_logarithm_of_a_density)
{
    const double x[MOST] = {0.5, 0, 1, 0.25};
    const double mean[MOST] = {0.5, 0.25, 0.5, 0.125};
    grade_asks("sec:gaussian-decoder", "the cost in nats of grey pixels "
                                       "under a Gaussian decoder");
    try_image(1, x, mean, 0);
    try_image(1, x + 1, mean + 1, 0);
    try_image(1, x + 1, mean + 1, -2);
    try_image(MOST, x, mean, -2);
    try_image(MOST, x, mean, 1);
}
