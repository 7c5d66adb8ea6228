/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_TRAIN_H
#define VAE_TRAIN_H

#include "00-foundations/training.h"
#include "04-vae/vae.h"

/* What a step of training needs: a model, and the seed of its chances. */
struct vae_objective { struct vae *vae; uint64_t seed; };

/* From a batch of grey images, zeros and ones x[batch, pixels] and noise
   eps[batch, latents], both in the arena, addressed by the step. */
void vae_present(struct engine *engine, struct arena *arena,
                 const struct vae_sizes *sizes, uint64_t seed,
                 const struct batch *batch, struct tensor *x,
                 struct tensor *eps);

/* The mean negative ELBO of a batch, [1], in nats an image; the first
   argument is a struct vae_objective. For struct training. */
struct node *vae_loss(void *objective, struct tape *tape,
                      const struct batch *batch);

/* A run of Adam at rate 1e-3 in batches of a hundred. */
struct training vae_training(struct engine *engine,
                             struct vae_objective *objective,
                             const struct dataset *data, size_t epochs);

/* The mean image of a data set, [pixels] in [0, 1], in the arena. */
real *vae_mean_image(struct arena *arena, const struct dataset *data);

#endif
