/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_TWO_GRADIENTS_H
#define VAE_TWO_GRADIENTS_H

#include <stddef.h>

/* The mean of z_1^2 + ... + z_d^2 for independent z_j from N(mu, sigma^2);
   wanted is its derivative by mu_1, which is 2 mu. */
struct squares { size_t dimensions; double mu, sigma; };

/* Two estimates from the noise eps[dimensions], eq:pathwise-gradient and
   eq:score-gradient, and their variances, prop:two-variances. */
double squares_by_path(const struct squares *s, const double *eps);
double squares_by_score(const struct squares *s, const double *eps,
                        double baseline);
double squares_path_variance(const struct squares *s);
double squares_score_variance(const struct squares *s, double baseline);

/* The mean of the sum, a good baseline. */
double squares_mean(const struct squares *s);

/* The score of N(mu, exp(logvar)) at z, eq:gaussian-score: by mu, by
   logvar */
void gaussian_score(double z, double mu, double logvar, double score[2]);

#endif
