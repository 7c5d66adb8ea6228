/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/ops.h"

/* draw a latent code by reparameterisation */
static void gaussian_sample_backward(struct tape *tape, struct node *node)
{
    const struct node *mu = node->input[0], *logvar = node->input[1];
    const struct node *eps = node->input[2];
    kernel_gaussian_sample_backward(tape_engine(tape),
                                    tensor_size(&node->value),
                                    logvar->value.data, eps->value.data,
                                    node->grad.data,
                                    mu->grad.data, logvar->grad.data);
}

struct node *op_gaussian_sample_at(struct tape *tape, struct node *mu,
                                   struct node *logvar,
                                   struct node *eps)
{
    tape_same_shape(tape, "op_gaussian_sample", mu, logvar);
    tape_same_shape(tape, "op_gaussian_sample", mu, eps);
    struct tensor z = tensor_like(tape_arena(tape), &mu->value);
    kernel_gaussian_sample(tape_engine(tape), tensor_size(&z),
                           mu->value.data, logvar->value.data,
                           eps->value.data, z.data);
    struct node *const input[] = {mu, logvar, eps};
    return tape_record(tape, "gaussian_sample", z,
                       gaussian_sample_backward, 3, input, NULL);
}

/* charge each code for leaving the prior */
static void gaussian_kl_backward(struct tape *tape, struct node *node)
{
    const struct node *mu = node->input[0], *logvar = node->input[1];
    kernel_gaussian_kl_backward(tape_engine(tape),
                                mu->value.shape[0], mu->value.shape[1],
                                mu->value.data, logvar->value.data,
                                node->grad.data,
                                mu->grad.data, logvar->grad.data);
}

struct node *op_gaussian_kl_at(struct tape *tape, struct node *mu,
                               struct node *logvar)
{
    tape_same_shape(tape, "op_gaussian_kl", mu, logvar);
    if (mu->value.rank != 2)
        tape_shape_error(tape, "op_gaussian_kl", &mu->value, NULL,
                         "codes are [batch, latents]");
    size_t batch = mu->value.shape[0], latents = mu->value.shape[1];
    struct tensor kl = tensor_new1(tape_arena(tape), batch);
    kernel_gaussian_kl(tape_engine(tape), batch, latents,
                       mu->value.data, logvar->value.data, kl.data);
    struct node *const input[] = {mu, logvar};
    return tape_record(tape, "gaussian_kl", kl, gaussian_kl_backward,
                       2, input, NULL);
}

/* charge each image for the pixels that the decoder got wrong */
static void bernoulli_nll_backward(struct tape *tape, struct node *node)
{
    struct node *logits = node->input[0], *x = node->input[1];
    kernel_bernoulli_nll_backward(tape_engine(tape),
                                  x->value.shape[0], x->value.shape[1],
                                  logits->value.data, x->value.data,
                                  node->grad.data, adjoint_start(logits),
                                  logits->grad.data);
}

struct node *op_bernoulli_nll_at(struct tape *tape, struct node *logits,
                                 struct node *x)
{
    tape_same_shape(tape, "op_bernoulli_nll", logits, x);
    if (x->value.rank != 2)
        tape_shape_error(tape, "op_bernoulli_nll", &x->value, NULL,
                         "images are [batch, pixels]");
    size_t batch = x->value.shape[0], pixels = x->value.shape[1];
    struct tensor nll = tensor_new1(tape_arena(tape), batch);
    kernel_bernoulli_nll(tape_engine(tape), batch, pixels,
                         logits->value.data, x->value.data, nll.data);
    struct node *const input[] = {logits, x};
    struct node *node = tape_record(tape, "bernoulli_nll", nll,
                                    bernoulli_nll_backward, 2, input, NULL);
    node->starts = true;
    return node;
}
