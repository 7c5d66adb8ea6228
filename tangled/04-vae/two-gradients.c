/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/two-gradients.h"

#include <math.h>

/* estimate the derivative in two ways */
double squares_by_path(const struct squares *s, const double *eps)
{
    return 2 * (s->mu + s->sigma * eps[0]);
}

double squares_by_score(const struct squares *s, const double *eps,
                        double baseline)
{
    double f = 0, score[2];
    for (size_t j = 0; j < s->dimensions; j++) {
        double z = s->mu + s->sigma * eps[j];
        f += z * z;
    }
    gaussian_score(s->mu + s->sigma * eps[0], s->mu,
                   2 * log(s->sigma), score);
    return (f - baseline) * score[0];
}

void gaussian_score(double z, double mu, double logvar, double score[2])
{
    double away = (z - mu) * exp(-logvar / 2);
    score[0] = away * exp(-logvar / 2);
    score[1] = (away * away - 1) / 2;
}

double squares_mean(const struct squares *s)
{
    return (double)s->dimensions * (s->mu * s->mu + s->sigma * s->sigma);
}

double squares_path_variance(const struct squares *s)
{
    return 4 * s->sigma * s->sigma;
}

double squares_score_variance(const struct squares *s, double baseline)
{
    double m = s->mu * s->mu, v = s->sigma * s->sigma;
    double others = (double)s->dimensions - 1;
    double c = m + others * (m + v) - baseline;
    return c * (c + 6 * v) / v + 8 * m + 15 * v + others * (4 * m + 2 * v);
}
