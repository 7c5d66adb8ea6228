/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_VAE_H
#define VAE_VAE_H

#include "00-foundations/dense.h"
#include "04-vae/ops.h"

/* A variational autoencoder of dense layers with tanh between them: from
   pixels through two hidden layers to mu and logvar; from a code through
   two hidden layers to the logits of pixels. */
struct vae_sizes { size_t pixels, hidden, latents; };

struct vae {
    struct vae_sizes sizes;
    struct parameters *parameters;
    struct dense encoder[2], mu, logvar, decoder[2], logits;
};

/* declare how a model is made */
/* A model with all weights zero, from the arena. */
struct vae *vae_new(struct arena *arena, struct vae_sizes sizes);
size_t vae_arena_bytes(struct vae_sizes sizes);

/* Random weights from the seed; mean_image[pixels], each in [0, 1], becomes
   the image that an untrained decoder expects. */
void vae_initialise(struct vae *vae, uint64_t seed,
                    const real *mean_image);

/* The logit of a pixel's mean, kept a thousandth away from 0 and 1. */
real vae_mean_logit(real mean);

/* The sizes of the model in a file, by the shapes of its tensors. */
bool vae_sizes_in(const struct safetensors *file, const char *path,
                  struct vae_sizes *sizes, struct error *err);

/* declare the two networks and the bill */
/* What the encoder answers: mu and logvar, each [batch, latents]. */
struct vae_code { struct node *mu, *logvar; };

/* x[batch, pixels] -> q(z | x), eq:encoder */
struct vae_code vae_encode(const struct vae *vae, struct tape *tape,
                           struct node *x);
/* z[batch, latents] -> logits of p(x | z), [batch, pixels] */
struct node *vae_decode(const struct vae *vae, struct tape *tape,
                        struct node *z);

/* The two items of the bill and their sum, the negative ELBO: each [batch],
   in nats. */
struct vae_bill {
    struct vae_code code;
    struct node *pixels, *price, *total;
};

/* x[batch, pixels] of zeros and ones, eps[batch, latents] of standard
   normal noise; eq:elbo-forms, second line, with one code an image. */
struct vae_bill vae_bill(const struct vae *vae, struct tape *tape,
                         struct tensor x, struct tensor eps);

#endif
