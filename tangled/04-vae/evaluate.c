/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/evaluate.h"

#include "00-foundations/elementary.h"
#include "04-vae/train.h"

enum { TRIAL_BATCH = 500 };
static const double ACTIVE = 0.01;  /* variance of mu over the images */

/* toss the coins and draw the noise of a trial */
struct vae_trial vae_trial(struct engine *engine, struct arena *arena,
                           const struct dataset *data,
                           const struct vae_sizes *sizes, uint64_t seed,
                           size_t first, size_t count)
{
    struct vae_trial t = {
        .grey = tensor_new2(arena, count, sizes->pixels),
        .x = tensor_new2(arena, count, sizes->pixels),
        .eps = tensor_new2(arena, count, sizes->latents),
    };
    struct rng_stream coins = {.seed = seed, .example = (uint32_t)first,
                               .purpose = RNG_EVAL_BINARISE};
    struct rng_stream noise = {.seed = seed, .example = (uint32_t)first,
                               .purpose = RNG_EVAL};
    struct dataset part = *data;
    part.pixels += first * sizes->pixels;
    data_batch(engine_pool(engine), &part, NULL, count, t.grey.data, NULL);
    kernel_binarise(engine, coins, count, sizes->pixels, t.grey.data,
                    t.x.data);
    kernel_normal(engine, noise, count, sizes->latents, t.eps.data);
    return t;
}

/* add one batch to the score */
/* add the latents of one image */
static void score_latents(struct vae_score *score,
                          const struct vae_code *code, size_t image)
{
    const real *mu = code->mu->value.data + image * score->latents;
    const real *logvar = code->logvar->value.data + image * score->latents;
    for (size_t j = 0; j < score->latents; j++) {
        struct vae_latent *latent = &score->latent[j];
        double m = (double)mu[j];
        latent->mean += m;
        latent->variance += m * m;
        latent->price += (double)fma_real(mu[j], mu[j],
                                          expm1_real(logvar[j]) -
                                          logvar[j]) / 2;
    }
}

static void score_batch(const struct vae *vae, struct tape *tape,
                        const struct dataset *data, uint64_t seed,
                        size_t first, size_t count,
                        struct vae_score *score)
{
    struct vae_trial t = vae_trial(tape_engine(tape), tape_arena(tape),
                                   data, &vae->sizes, seed, first, count);
    struct vae_bill bill = vae_bill(vae, tape, t.x, t.eps);
    struct node *guess = op_sigmoid(tape, vae_decode(vae, tape,
                                                     bill.code.mu));
    for (size_t i = 0; i < count; i++) {
        score->pixels += (double)bill.pixels->value.data[i];
        score->price += (double)bill.price->value.data[i];
        score_latents(score, &bill.code, i);
    }
    for (size_t i = 0; i < count * vae->sizes.pixels; i++) {
        double miss = (double)guess->value.data[i] -
                      (double)t.grey.data[i];
        score->squared_error += miss * miss;
    }
    score->images += count;
}

/* turn sums into means */
static void score_means(struct vae_score *score)
{
    double n = (double)score->images;
    score->pixels /= n;
    score->price /= n;
    score->squared_error /= n;
    score->total = score->pixels + score->price;
    for (size_t j = 0; j < score->latents; j++) {
        struct vae_latent *latent = &score->latent[j];
        latent->mean /= n;
        latent->price /= n;
        latent->variance /= n;
        latent->variance -= latent->mean * latent->mean;
        score->active += latent->variance > ACTIVE;
    }
}

/* charge for independent pixels */
double vae_independent_bill(struct arena *arena, const real *mean_image,
                            const struct dataset *data)
{
    const real *seen = vae_mean_image(arena, data);
    double bill = 0;
    for (size_t i = 0; i < data->height * data->width; i++) {
        real logit = vae_mean_logit(mean_image[i]);
        bill += (double)(softplus_real(logit) - seen[i] * logit);
    }
    return bill;
}

/* make room for a score */
size_t vae_trial_bytes(struct vae_sizes s)
{
    size_t numbers = 8 * s.pixels + 24 * s.hidden + 12 * s.latents + 64;
    return TRIAL_BATCH * numbers * 2 * sizeof(real) + (1 << 20);
}

struct vae_score vae_score_new(struct arena *arena, size_t latents)
{
    return (struct vae_score){
        .latents = latents,
        .latent = arena_alloc(arena, latents, sizeof(struct vae_latent)),
    };
}

/* score a set of images */
void vae_evaluate(const struct vae *vae, struct tape *tape,
                  const struct dataset *data, uint64_t seed,
                  struct vae_score *score)
{
    *score = (struct vae_score){.latents = score->latents,
                                .latent = score->latent};
    for (size_t j = 0; j < score->latents; j++)
        score->latent[j] = (struct vae_latent){0, 0, 0};
    for (size_t first = 0; first < data->count; first += TRIAL_BATCH) {
        size_t left = data->count - first;
        tape_reset(tape);
        score_batch(vae, tape, data, seed, first,
                    left < TRIAL_BATCH ? left : TRIAL_BATCH, score);
    }
    tape_reset(tape);
    score_means(score);
}
