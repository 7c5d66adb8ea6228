/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_IWAE_H
#define VAE_IWAE_H

#include "00-foundations/data.h"
#include "04-vae/two-pixels.h"
#include "04-vae/vae.h"

/* log((exp x[0] + ... + exp x[n-1])/n), eq:log-mean-exp; n > 0. Minus
   infinity stands for a weight of zero. */
double log_mean_exp(size_t n, const real *x);

/* The bound of eq:iwae with so many codes, for the guess
   q(z = 1 | x) = q, in nats: the expectation, enumerated. 0 < q < 1. */
double two_codes_bound_by_weights(const struct two_codes *model, real q,
                                  size_t codes);

/* declare the importance weights of images */
/* Images number 0, 1, ... of the plan are first, first + stride, ... of
   the set, with the coins of vae_evaluate; each gets so many codes. Code
   and coins of an image depend on the seed and its place in the set. */
struct iwae_plan {
    const struct dataset *data;
    size_t first, stride, images;
    size_t codes;
    uint64_t seed;
};

/* What the arena of the next two functions needs, beside that of the
   tape, which needs vae_trial_bytes. Both reset the tape. */
size_t iwae_bytes(struct vae_sizes sizes, size_t codes);

/* log_w[count, codes] of eq:log-weight, in nats, for count images of the
   plan from number start on. */
void iwae_weights(const struct vae *vae, struct tape *tape,
                  struct arena *arena, const struct iwae_plan *plan,
                  size_t start, size_t count, real *log_w);

/* bound[i] = the mean over the images of an unbiased estimate of the bound
   with sizes[i] codes, in nats. Each size divides the codes of the plan;
   the codes of an image are taken in groups of that size. */
void iwae_evaluate(const struct vae *vae, struct tape *tape,
                   struct arena *arena, const struct iwae_plan *plan,
                   size_t count, const size_t sizes[], double bound[]);

#endif
