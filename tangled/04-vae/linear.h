/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_LINEAR_H
#define VAE_LINEAR_H

#include "00-foundations/data.h"
#include "00-foundations/training.h"

/* First and second moments of images with pixels in [0, 1]: their mean, and
   E (x - c)(x - c)' about a centre c, with its trace. */
struct moments { size_t pixels; double *mean, *about, trace; };

/* centre NULL: the mean, which makes about the covariance */
struct moments moments_of(const struct dataset *data, const double *centre,
                          struct arena *arena);

/* x = w' z + sigma eps, eq:linear-vae: w[latents, pixels], sigma^2; and an
   encoder, v[latents, pixels] and a variance for each latent. x stands for
   an image less the centre. */
struct linear_model { size_t pixels, latents; double *w, variance; };
struct linear_guess { double *v, *variance; };

/* declare what is known of a linear model */
/* The greatest mean log-likelihood in nats, from the leading eigenvalues of
   the covariance and its trace, and the variance there: thm:ppca */
double ppca_log_likelihood(size_t pixels, size_t latents,
                           const double *leading, double trace,
                           double *variance);

/* M = w w' + sigma^2 I, [latents, latents], eq:ppca-posterior */
void linear_precision(const struct linear_model *model, double *m);

/* Mean log p(x), eq:ppca-likelihood, and mean bound in nats over all images
   with these moments. The arena is left as it was. */
double linear_log_likelihood(const struct moments *data,
                             const struct linear_model *model,
                             struct arena *arena);
double linear_bound(const struct moments *data,
                    const struct linear_model *model,
                    const struct linear_guess *guess, struct arena *arena);

/* declare the linear VAE for the tape */
/* mean, x [batch, pixels], logvar [1] -> -log N(x; mean, exp(logvar) I) in
   nats, [batch], eq:gaussian-decoder; no gradient flows to x. */
#define op_gaussian_nll(t, mean, x, logvar) \
    op_gaussian_nll_at(TAPE_HERE(t), mean, x, logvar)
struct node *op_gaussian_nll_at(struct tape *tape, struct node *mean,
                                struct node *x, struct node *logvar);

/* Parameters encoder[pixels, latents], decoder[latents, pixels], and the
   log variances of the latents and of a pixel. centre[pixels] is taken from
   every image. */
struct linear_vae {
    size_t pixels, latents;
    struct parameters *parameters;
    struct parameter *encoder, *decoder, *logvar, *pixel_logvar;
    real *centre;
    uint64_t seed;
};
struct linear_vae *linear_vae_new(struct arena *arena, size_t pixels,
                                  size_t latents, uint64_t seed);

/* Random weights; latents as wide as the prior, pixels of this variance. */
void linear_vae_initialise(struct linear_vae *vae, double variance);

/* The mean negative bound of a batch of grey images, for struct training;
   the first argument is a struct linear_vae. */
struct node *linear_vae_loss(void *vae, struct tape *tape,
                             const struct batch *batch);

/* The same weights for the formulas above, in the arena. */
void linear_vae_export(const struct linear_vae *vae, struct arena *arena,
                       struct linear_model *model,
                       struct linear_guess *guess);

#endif
