/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_OPS_H
#define VAE_OPS_H

#include "00-foundations/tape.h"

/* Operations on the tape t; shapes that differ die. No gradient flows to
   eps or x. */

/* mu, logvar, eps [any shape] -> z = mu + exp(logvar/2) eps, the same
   shape, eq:reparameterisation */
#define op_gaussian_sample(t, mu, logvar, eps) \
    op_gaussian_sample_at(TAPE_HERE(t), mu, logvar, eps)
/* mu, logvar [batch, latents] -> D_KL from N(0, I) in nats, [batch],
   eq:code-price */
#define op_gaussian_kl(t, mu, logvar) \
    op_gaussian_kl_at(TAPE_HERE(t), mu, logvar)
/* logits, x [batch, pixels] -> -log p(x | z) in nats, [batch],
   eq:bernoulli-logits */
#define op_bernoulli_nll(t, logits, x) \
    op_bernoulli_nll_at(TAPE_HERE(t), logits, x)

/* declare the functions behind the operations */
struct node *op_gaussian_sample_at(struct tape *tape, struct node *mu,
                                   struct node *logvar,
                                   struct node *eps);
struct node *op_gaussian_kl_at(struct tape *tape, struct node *mu,
                               struct node *logvar);
struct node *op_bernoulli_nll_at(struct tape *tape, struct node *logits,
                                 struct node *x);

#endif
