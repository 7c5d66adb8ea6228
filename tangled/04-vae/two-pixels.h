/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_TWO_PIXELS_H
#define VAE_TWO_PIXELS_H

#include "00-foundations/real.h"

/* The smallest latent-variable model: one image, a code of two values. */
struct two_codes {
    real prior[2];      /* p(z) */
    real likelihood[2]; /* p(x | z) of the image in question */
};

/* The image (1, 1) of the example. */
struct two_codes two_codes_example(void);

/* log p(x), eq:evidence, and p(z = 1 | x) by Bayes' rule. */
real two_codes_log_evidence(const struct two_codes *model);
real two_codes_posterior(const struct two_codes *model);

/* The three forms of the bound (thm:elbo) for the guess q(z = 1 | x) = q,
 * with 0 < q < 1, in nats. */
real two_codes_bound_by_jensen(const struct two_codes *model, real q);
real two_codes_bound_by_gap(const struct two_codes *model, real q);
real two_codes_bound_by_bill(const struct two_codes *model, real q);

/* D_KL of (1 - q, q) from (1 - p, p), in nats; 0 < p, q < 1. */
real two_codes_kl(real q, real p);

#endif
