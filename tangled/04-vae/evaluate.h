/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_EVALUATE_H
#define VAE_EVALUATE_H

#include "00-foundations/data.h"
#include "04-vae/vae.h"

/* One latent over a set of images: mean and variance of mu, mean KL. */
struct vae_latent { double mean, variance, price; };

/* Means over images, in nats; total = pixels + price is the negative ELBO.
   squared_error is summed over pixels: the grey image against the
   probabilities decoded from mu. */
struct vae_score {
    double total, pixels, price, squared_error;
    size_t images, latents, active;
    struct vae_latent *latent;
};

struct vae_score vae_score_new(struct arena *arena, size_t latents);

/* declare how a model is scored */
/* What the arena of the tape needs for any function of this header. */
size_t vae_trial_bytes(struct vae_sizes sizes);

/* Scores all images of the set, with coins and codes of the seed. The tape
   is reset before and after each batch. */
void vae_evaluate(const struct vae *vae, struct tape *tape,
                  const struct dataset *data, uint64_t seed,
                  struct vae_score *score);

/* The grey images [count, pixels] from first on, and the zeros and ones and
   the noise with which vae_evaluate scores them. */
struct vae_trial { struct tensor grey, x, eps; };
struct vae_trial vae_trial(struct engine *engine, struct arena *arena,
                           const struct dataset *data,
                           const struct vae_sizes *sizes, uint64_t seed,
                           size_t first, size_t count);

/* What an image costs, on average over images and tosses, when each pixel
   is a coin biased by the mean image: no model at all. */
double vae_independent_bill(struct arena *arena, const real *mean_image,
                            const struct dataset *data);

#endif
