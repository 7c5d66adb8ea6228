/* A small variational autoencoder of awkward sizes, trained for a few steps
   by each engine from the same start: the parameters must agree in every
   bit. It is written out in kernels, so that the plain ones and the linked
   ones can run it in one program. */
#ifndef REAL_IS_DOUBLE

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "performance/kernel-set.h"

enum { STEPS = 4, LARGEST = 60000 };

struct size { size_t batch, pixels, hidden, latents; };

/* x[batch, in] w[in, out] + b[out] = y[batch, out]; dw, db, dx behind */
struct layer { size_t in, out; real *w, *b, *dw, *db; };

struct model {
    struct size size;
    struct layer encoder, mean, logvar, decoder, pixels;
    size_t parameters;
    real value[LARGEST], grad[LARGEST], m[LARGEST], v[LARGEST];
};

/* what one step computes on the way; d is for the gradients */
struct step {
    real p[LARGEST], x[LARGEST], h[LARGEST], mu[LARGEST], logvar[LARGEST],
        eps[LARGEST], z[LARGEST], g[LARGEST], logits[LARGEST],
        loss[LARGEST], total[LARGEST], ones[LARGEST];
    real dh[LARGEST], dmu[LARGEST], dlogvar[LARGEST], dz[LARGEST],
        dg[LARGEST], dlogits[LARGEST], dloss[LARGEST], sum[LARGEST];
};

struct run { const struct kernel_set *k; struct engine *e; struct model *m;
             struct step *s; };

static struct layer layer_take(struct model *m, size_t in, size_t out)
{
    const size_t at = m->parameters;
    m->parameters += (in + 1) * out;
    cr_assert(m->parameters <= LARGEST);
    return (struct layer){in, out, m->value + at, m->value + at + in * out,
                          m->grad + at, m->grad + at + in * out};
}

static void model_start(struct run *r, struct size size)
{
    struct model *m = r->m;
    memset(m, 0, sizeof *m);
    m->size = size;
    m->encoder = layer_take(m, size.pixels, size.hidden);
    m->mean = layer_take(m, size.hidden, size.latents);
    m->logvar = layer_take(m, size.hidden, size.latents);
    m->decoder = layer_take(m, size.latents, size.hidden);
    m->pixels = layer_take(m, size.hidden, size.pixels);
    const struct rng_stream s = {.seed = 3, .purpose = RNG_INIT};
    r->k->kernel_normal(r->e, s, 1, m->parameters, m->grad);
    r->k->kernel_scale(r->e, m->parameters, 0.1f, m->grad, m->value);
}

static void forward(struct run *r, const struct layer *l, const real *x,
                    real *y)
{
    r->k->kernel_matmul(r->e, &(struct matmul){
        .m = r->m->size.batch, .n = l->out, .k = l->in, .a = x, .b = l->w,
        .c = y, .start = FROM_ROW, .row = l->b});
}

static void backward(struct run *r, const struct layer *l, const real *x,
                     const real *dy, real *dx)
{
    const size_t batch = r->m->size.batch;
    r->k->kernel_matmul(r->e, &(struct matmul){
        .m = l->in, .n = l->out, .k = batch, .a = x, .a_transposed = true,
        .b = dy, .c = l->dw, .start = FROM_C});
    r->k->kernel_matmul(r->e, &(struct matmul){
        .m = 1, .n = l->out, .k = batch, .a = r->s->ones, .b = dy,
        .c = l->db, .start = FROM_C});
    if (dx != NULL)
        r->k->kernel_matmul(r->e, &(struct matmul){
            .m = batch, .n = l->in, .k = l->out, .a = dy, .b = l->w,
            .b_transposed = true, .c = dx, .start = FROM_C});
}

static void draw(struct run *r, uint32_t step)
{
    const struct size d = r->m->size;
    struct rng_stream s = {.seed = 4, .purpose = RNG_DIGITS, .step = step};
    r->k->kernel_uniform(r->e, s, d.batch, d.pixels, r->s->p);
    s.purpose = RNG_BINARISE;
    r->k->kernel_binarise(r->e, s, d.batch, d.pixels, r->s->p, r->s->x);
    s.purpose = RNG_NOISE;
    r->k->kernel_normal(r->e, s, d.batch, d.latents, r->s->eps);
}

static void encode_and_decode(struct run *r)
{
    struct model *m = r->m;
    struct step *s = r->s;
    const size_t hidden = m->size.batch * m->size.hidden;
    forward(r, &m->encoder, s->x, s->sum);
    r->k->kernel_map(r->e, MAP_TANH, hidden, s->sum, s->h);
    forward(r, &m->mean, s->h, s->mu);
    forward(r, &m->logvar, s->h, s->logvar);
    r->k->kernel_gaussian_sample(r->e, m->size.batch * m->size.latents,
                                 s->mu, s->logvar, s->eps, s->z);
    forward(r, &m->decoder, s->z, s->sum);
    r->k->kernel_map(r->e, MAP_TANH, hidden, s->sum, s->g);
    forward(r, &m->pixels, s->g, s->logits);
}

/* the mean over the batch of the negative ELBO */
static real loss(struct run *r)
{
    const struct size d = r->m->size;
    struct step *s = r->s;
    r->k->kernel_bernoulli_nll(r->e, d.batch, d.pixels, s->logits, s->x,
                               s->loss);
    r->k->kernel_gaussian_kl(r->e, d.batch, d.latents, s->mu, s->logvar,
                             s->sum);
    r->k->kernel_zip(r->e, ZIP_ADD, d.batch, s->loss, s->sum, s->total);
    return r->k->kernel_sum(r->e, d.batch, s->total) / (real)d.batch;
}

static void gradients(struct run *r)
{
    struct model *m = r->m;
    struct step *s = r->s;
    const struct size d = m->size;
    const size_t hidden = d.batch * d.hidden;
    r->k->kernel_bernoulli_nll_backward(r->e, d.batch, d.pixels, s->logits,
                                        s->x, s->dloss, FROM_ZERO,
                                        s->dlogits);
    backward(r, &m->pixels, s->g, s->dlogits, s->dg);
    r->k->kernel_map_backward(r->e, MAP_TANH, hidden, s->g, s->g, s->dg,
                              FROM_ZERO, s->sum);
    backward(r, &m->decoder, s->z, s->sum, s->dz);
    r->k->kernel_gaussian_sample_backward(r->e, d.batch * d.latents,
                                          s->logvar, s->eps, s->dz, s->dmu,
                                          s->dlogvar);
    r->k->kernel_gaussian_kl_backward(r->e, d.batch, d.latents, s->mu,
                                      s->logvar, s->dloss, s->dmu,
                                      s->dlogvar);
    backward(r, &m->mean, s->h, s->dmu, s->dh);
    backward(r, &m->logvar, s->h, s->dlogvar, s->dh);
    r->k->kernel_map_backward(r->e, MAP_TANH, hidden, s->h, s->h, s->dh,
                              FROM_ZERO, s->sum);
    backward(r, &m->encoder, s->x, s->sum, NULL);
}

/* Returns the loss of the last step. */
static real train(struct run *r, struct size size)
{
    const struct adam adam = {1e-2f, 0.9f, 0.999f, 1e-8f, 0};
    struct model *m = r->m;
    real last = 0;
    model_start(r, size);
    for (uint32_t step = 0; step < STEPS; step++) {
        memset(r->s, 0, sizeof *r->s);
        for (size_t i = 0; i < size.batch; i++) {
            r->s->ones[i] = 1;
            r->s->dloss[i] = 1 / (real)size.batch;
        }
        draw(r, step);
        encode_and_decode(r);
        last = loss(r);
        memset(m->grad, 0, sizeof m->grad);
        gradients(r);
        r->k->kernel_adam(r->e, &adam, step + 1, m->parameters, m->grad,
                          m->m, m->v, m->value);
    }
    return last;
}

static void compare(struct size size)
{
    static const struct kernel_set linked = LINKED_KERNELS;
    struct model *model = malloc(2 * sizeof *model);
    struct step *step = malloc(sizeof *step);
    cr_assert(model != NULL && step != NULL);
    struct run plain = {&plain_kernels, plain_kernels.engine_new(1, NULL),
                        &model[0], step};
    const real expected = train(&plain, size);
    cr_assert(expected > 0 && expected < (real)size.pixels);
    for (size_t i = 0; i < ENGINES; i++) {
        struct run r = {&linked, engine_numbered(i), &model[1], step};
        if (r.e == NULL)
            continue;
        const real got = train(&r, size);
        cr_assert(same_bits(1, &expected, &got) &&
                  same_bits(LARGEST, model[0].value, model[1].value) &&
                  same_bits(LARGEST, model[0].v, model[1].v),
                  "%s with %zu threads", engine_isa(r.e),
                  engine_threads(r.e));
        engine_free(r.e);
    }
    plain_kernels.engine_free(plain.e);
    free(model);
    free(step);
}

Test(performance, a_training_step_gives_the_same_bits_everywhere)
{
    compare((struct size){13, 37, 19, 5});
    compare((struct size){103, 211, 101, 7});
}

#endif
