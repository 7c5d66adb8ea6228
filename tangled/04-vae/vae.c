/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/vae.h"

#include "00-foundations/elementary.h"

enum { VAE_WIDEST = 1 << 16 };

/* lay out the parameters */
struct vae *vae_new(struct arena *arena, struct vae_sizes s)
{
    const struct parameter_spec spec[] = {
        DENSE_SPEC("encoder.1", s.pixels, s.hidden),
        DENSE_SPEC("encoder.2", s.hidden, s.hidden),
        DENSE_SPEC("mu", s.hidden, s.latents),
        DENSE_SPEC("logvar", s.hidden, s.latents),
        DENSE_SPEC("decoder.1", s.latents, s.hidden),
        DENSE_SPEC("decoder.2", s.hidden, s.hidden),
        DENSE_SPEC("logits", s.hidden, s.pixels),
    };
    size_t count = sizeof spec / sizeof spec[0];
    struct vae *vae = arena_alloc(arena, 1, sizeof *vae);
    struct parameters *ps = parameters_new(arena, count, spec);
    struct dense *layer[] = {
        &vae->encoder[0], &vae->encoder[1], &vae->mu, &vae->logvar,
        &vae->decoder[0], &vae->decoder[1], &vae->logits,
    };
    for (size_t i = 0; 2 * i < count; i++)
        *layer[i] = dense_at(ps, 2 * i);
    vae->sizes = s;
    vae->parameters = ps;
    return vae;
}

/* say how much memory a model takes */
size_t vae_arena_bytes(struct vae_sizes s)
{
    size_t weights = s.pixels * s.hidden * 2 + s.hidden * s.hidden * 2 +
                     s.hidden * s.latents * 3;
    size_t biases = s.hidden * 4 + s.latents * 2 + s.pixels;
    enum { BLOCKS = 4, NAMES = 1 << 16 };
    return (weights + biases) * sizeof(real) * BLOCKS + NAMES;
}

/* choose the initial weights */
real vae_mean_logit(real mean)
{
    const real least = (real)0.001;
    real p = mean < least ? least : mean > 1 - least ? 1 - least : mean;
    return log_real(p) - log1p_real(-p);
}

void vae_initialise(struct vae *vae, uint64_t seed, const real *mean_image)
{
    struct parameters *ps = vae->parameters;
    for (size_t i = 0; i < ps->count; i++)
        if (ps->item[i].value.rank == 2)
            parameters_init_glorot_uniform(ps, i, seed);
    for (size_t i = 0; i < vae->sizes.pixels; i++)
        vae->logits.b->value.data[i] = vae_mean_logit(mean_image[i]);
}

/* read the sizes from a file */
bool vae_sizes_in(const struct safetensors *file, const char *path,
                  struct vae_sizes *sizes, struct error *err)
{
    const struct st_tensor *in = safetensors_find(file, "encoder.1.weight");
    const struct st_tensor *mu = safetensors_find(file, "mu.weight");
    if (!in || !mu || in->rank != 2 || mu->rank != 2)
        return error_set(err, "%s: holds no variational autoencoder", path);
    *sizes = (struct vae_sizes){in->shape[0], in->shape[1], mu->shape[1]};
    size_t most = in->shape[0];
    most = in->shape[1] > most ? in->shape[1] : most;
    most = mu->shape[1] > most ? mu->shape[1] : most;
    if (most > VAE_WIDEST || !in->shape[0] || !in->shape[1] ||
        !mu->shape[1])
        return error_set(err, "%s: layers of a size that cannot be", path);
    return true;
}

/* run the two networks */
struct vae_code vae_encode(const struct vae *vae, struct tape *tape,
                           struct node *x)
{
    struct node *h = x;
    for (size_t layer = 0; layer < 2; layer++)
        h = op_tanh(tape, dense_forward(tape, &vae->encoder[layer], h));
    return (struct vae_code){dense_forward(tape, &vae->mu, h),
                             dense_forward(tape, &vae->logvar, h)};
}

struct node *vae_decode(const struct vae *vae, struct tape *tape,
                        struct node *z)
{
    struct node *h = z;
    for (size_t layer = 0; layer < 2; layer++)
        h = op_tanh(tape, dense_forward(tape, &vae->decoder[layer], h));
    return dense_forward(tape, &vae->logits, h);
}

/* add up the bill of a batch */
struct vae_bill vae_bill(const struct vae *vae, struct tape *tape,
                         struct tensor x, struct tensor eps)
{
    struct node *image = tape_constant(tape, x);
    struct node *noise = tape_constant(tape, eps);
    struct vae_bill bill = {.code = vae_encode(vae, tape, image)};
    struct node *z = op_gaussian_sample(tape, bill.code.mu,
                                        bill.code.logvar, noise);
    bill.pixels = op_bernoulli_nll(tape, vae_decode(vae, tape, z), image);
    bill.price = op_gaussian_kl(tape, bill.code.mu, bill.code.logvar);
    bill.total = op_add(tape, bill.pixels, bill.price);
    return bill;
}
