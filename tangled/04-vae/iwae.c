/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/iwae.h"

#include <string.h>

#include "00-foundations/elementary.h"
#include "04-vae/evaluate.h"
#include "workshop/fail.h"

enum { IWAE_ROWS = 500, IWAE_IMAGES = 50 };

/* add probabilities given by their logarithms */
double log_mean_exp(size_t n, const real *x)
{
    real most = x[0];
    for (size_t k = 1; k < n; k++)
        most = x[k] > most ? x[k] : most;
    if (most - most != 0)       /* all weights zero, or one infinite */
        return (double)most;
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += (double)exp_real(x[k] - most);
    return (double)most + (double)log_real((real)(sum / (double)n));
}

/* average over the codes that could have been drawn */
double two_codes_bound_by_weights(const struct two_codes *model, real q,
                                  size_t codes)
{
    double guess[2] = {1 - (double)q, (double)q}, weight[2];
    for (int z = 0; z < 2; z++)
        weight[z] = (double)model->prior[z] *
                    (double)model->likelihood[z] / guess[z];
    double n = (double)codes, chance = 1, bound = 0;
    for (size_t k = 0; k < codes; k++)
        chance *= guess[0];
    for (size_t j = 0; j <= codes; j++) {
        double bright = (double)j, dark = n - bright;
        double mean = (dark * weight[0] + bright * weight[1]) / n;
        bound += chance * (double)log_real((real)mean);
        chance *= dark / (bright + 1) * guess[1] / guess[0];
    }
    return bound;
}

/* gather what weighing needs */
struct weighing {
    const struct vae *vae;
    struct tape *tape;
    const struct iwae_plan *plan;
    size_t images, codes;           /* now in hand; for each of them */
    size_t each;                    /* rows for each, in one block */
    size_t place[IWAE_ROWS];        /* of the images, in the set */
    struct tensor x, mu, logvar;    /* [IWAE_ROWS, ...], repeated */
    real *log_w;                    /* [images, codes] */
};

/* The noise of codes from first on; step 0 belongs to vae_evaluate. */
static struct rng_stream iwae_noise(const struct weighing *w, size_t image,
                                    size_t first)
{
    return (struct rng_stream){
        .seed = w->plan->seed, .purpose = RNG_EVAL,
        .step = (uint32_t)w->place[image] + 1, .example = (uint32_t)first};
}

/* compare prior and guess at a code */
static real prior_over_guess(size_t latents, const real *logvar,
                             const real *eps, const real *z)
{
    real twice = 0;
    for (size_t j = 0; j < latents; j++)
        twice += fma_real(eps[j] - z[j], eps[j] + z[j], logvar[j]);
    return twice / 2;
}

/* encode a few images and repeat the answers */
/* repeat every row */
static void repeat(const struct tensor *from, size_t times,
                   struct tensor *to)
{
    size_t row = tensor_row_size(from);
    for (size_t r = 0; r < from->shape[0] * times; r++)
        memcpy(to->data + r * row, from->data + r / times * row,
               row * sizeof(real));
}

static void meet(struct weighing *w, size_t start)
{
    struct tape *tape = w->tape;
    const struct vae *vae = w->vae;
    tape_reset(tape);
    struct tensor x = tensor_new2(tape_arena(tape), w->images,
                                  vae->sizes.pixels);
    for (size_t i = 0; i < w->images; i++) {
        w->place[i] = w->plan->first + (start + i) * w->plan->stride;
        struct vae_trial t = vae_trial(
            tape_engine(tape), tape_arena(tape), w->plan->data,
            &vae->sizes, w->plan->seed, w->place[i], 1);
        memcpy(x.data + i * vae->sizes.pixels, t.x.data,
               vae->sizes.pixels * sizeof(real));
    }
    struct vae_code code = vae_encode(vae, tape, tape_constant(tape, x));
    repeat(&x, w->each, &w->x);
    repeat(&code.mu->value, w->each, &w->mu);
    repeat(&code.logvar->value, w->each, &w->logvar);
}

/* draw, decode and weigh codes for a few images */
static void weigh(const struct weighing *w, size_t first, size_t codes)
{
    struct tape *tape = w->tape;
    size_t latents = w->vae->sizes.latents, rows = w->images * codes;
    tape_reset(tape);
    struct tensor eps = tensor_new2(tape_arena(tape), rows, latents);
    for (size_t i = 0; i < w->images; i++) {
        struct rng_stream noise = iwae_noise(w, i, first);
        kernel_normal(tape_engine(tape), noise, codes, latents,
                      eps.data + i * codes * latents);
    }
    struct tensor logvar = tensor_rows(w->logvar, 0, rows);
    struct node *z = op_gaussian_sample(
        tape, tape_constant(tape, tensor_rows(w->mu, 0, rows)),
        tape_constant(tape, logvar), tape_constant(tape, eps));
    struct node *x = tape_constant(tape, tensor_rows(w->x, 0, rows));
    struct node *pixels = op_bernoulli_nll(tape,
                                           vae_decode(w->vae, tape, z), x);
    for (size_t r = 0; r < rows; r++)
        w->log_w[r / codes * w->codes + first + r % codes] =
            prior_over_guess(latents, logvar.data + r * latents,
                             eps.data + r * latents,
                             z->value.data + r * latents) -
            pixels->value.data[r];
}

/* weigh the codes of many images */
static size_t fewer(size_t a, size_t b)
{
    return a < b ? a : b;
}

void iwae_weights(const struct vae *vae, struct tape *tape,
                  struct arena *arena, const struct iwae_plan *plan,
                  size_t start, size_t count, real *log_w)
{
    size_t mark = arena_mark(arena), codes = plan->codes;
    struct vae_sizes s = vae->sizes;
    /* make room for a block of codes */
    struct weighing w = {
        .vae = vae, .tape = tape, .plan = plan, .codes = codes,
        .each = fewer(codes, IWAE_ROWS),
        .x = tensor_new2(arena, IWAE_ROWS, s.pixels),
        .mu = tensor_new2(arena, IWAE_ROWS, s.latents),
        .logvar = tensor_new2(arena, IWAE_ROWS, s.latents),
    };
    for (size_t i = 0; i < count; i += w.images) {
        w.images = fewer(IWAE_ROWS / w.each, count - i);
        w.log_w = log_w + i * codes;
        meet(&w, start + i);
        for (size_t first = 0; first < codes; first += w.each)
            weigh(&w, first, fewer(w.each, codes - first));
    }
    tape_reset(tape);
    arena_release(arena, mark);
}

/* average the bounds over images */
void iwae_evaluate(const struct vae *vae, struct tape *tape,
                   struct arena *arena, const struct iwae_plan *plan,
                   size_t count, const size_t sizes[], double bound[])
{
    size_t mark = arena_mark(arena), most = IWAE_IMAGES;
    real *log_w = arena_alloc(arena, most * plan->codes, sizeof *log_w);
    memset(bound, 0, count * sizeof *bound);
    for (size_t start = 0; start < plan->images; start += most) {
        size_t images = fewer(most, plan->images - start);
        iwae_weights(vae, tape, arena, plan, start, images, log_w);
        for (size_t b = 0; b < count; b++) {
            if (plan->codes % sizes[b] != 0)
                die("iwae_evaluate: groups of %zu out of %zu codes",
                    sizes[b], plan->codes);
            size_t groups = images * plan->codes / sizes[b];
            for (size_t g = 0; g < groups; g++)
                bound[b] += log_mean_exp(sizes[b],
                                         log_w + g * sizes[b]);
        }
    }
    for (size_t b = 0; b < count; b++)
        bound[b] *= (double)sizes[b] /
                    (double)(plan->images * plan->codes);
    arena_release(arena, mark);
}

size_t iwae_bytes(struct vae_sizes s, size_t codes)
{
    return (IWAE_ROWS * (s.pixels + 2 * s.latents) + IWAE_IMAGES * codes) *
           sizeof(real) + (1 << 12);
}
