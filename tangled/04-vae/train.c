/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/train.h"

/* present a batch */
void vae_present(struct engine *engine, struct arena *arena,
                 const struct vae_sizes *sizes, uint64_t seed,
                 const struct batch *batch, struct tensor *x,
                 struct tensor *eps)
{
    size_t rows = batch->x.shape[0];
    struct rng_stream coins = {.seed = seed, .purpose = RNG_BINARISE,
                               .step = (uint32_t)batch->step};
    struct rng_stream noise = {.seed = seed, .purpose = RNG_NOISE,
                               .step = (uint32_t)batch->step};
    *x = tensor_like(arena, &batch->x);
    *eps = tensor_new2(arena, rows, sizes->latents);
    kernel_binarise(engine, coins, rows, sizes->pixels, batch->x.data,
                    x->data);
    kernel_normal(engine, noise, rows, sizes->latents, eps->data);
}

/* record the mean bill of a batch */
struct node *vae_loss(void *objective, struct tape *tape,
                      const struct batch *batch)
{
    const struct vae_objective *o = objective;
    struct tensor x, eps;
    vae_present(tape_engine(tape), tape_arena(tape), &o->vae->sizes,
                o->seed, batch, &x, &eps);
    return op_mean(tape, vae_bill(o->vae, tape, x, eps).total);
}

struct training vae_training(struct engine *engine,
                             struct vae_objective *objective,
                             const struct dataset *data, size_t epochs)
{
    return (struct training){
        .engine = engine,
        .parameters = objective->vae->parameters,
        .data = data, .batch = 100, .epochs = epochs,
        .seed = objective->seed,
        .adam = {.rate = (real)1e-3, .beta1 = (real)0.9,
                 .beta2 = (real)0.999, .epsilon = (real)1e-8},
        .loss = vae_loss, .model = objective,
    };
}

/* average the images */
real *vae_mean_image(struct arena *arena, const struct dataset *data)
{
    size_t pixels = data->height * data->width;
    uint64_t *total = arena_alloc(arena, pixels, sizeof *total);
    real *mean = arena_alloc(arena, pixels, sizeof *mean);
    for (size_t i = 0; i < data->count; i++)
        for (size_t j = 0; j < pixels; j++)
            total[j] += data->pixels[i * pixels + j];
    for (size_t j = 0; j < pixels; j++)
        mean[j] = (real)total[j] / ((real)data->count * 255);
    return mean;
}
