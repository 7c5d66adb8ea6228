/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-step.h"

#include <stdlib.h>
#include "00-foundations/dense.h"
#include "04-vae/ops.h"
#include "performance/bench.h"

/* build the network of the example */
enum { LATENTS = 20 };

struct trainer {
    struct engine *engine;
    const struct dataset *data;
    size_t batch, next;
    uint32_t *order;
    struct arena *arena, *step;
    struct tape *tape;
    struct parameters *parameters;
    struct dense hidden, mu, logvar, decode, logits;
};

static void build(struct trainer *t, size_t pixels, size_t hidden) {
    const struct parameter_spec spec[] = {
        DENSE_SPEC("hidden", pixels, hidden),
        DENSE_SPEC("mu", hidden, LATENTS),
        DENSE_SPEC("logvar", hidden, LATENTS),
        DENSE_SPEC("decode", LATENTS, hidden),
        DENSE_SPEC("logits", hidden, pixels),
    };
    struct dense *const layer[] = {&t->hidden, &t->mu, &t->logvar,
                                   &t->decode, &t->logits};
    t->parameters = parameters_new(t->arena, 10, spec);
    for (size_t i = 0; i < 5; i++) {
        *layer[i] = dense_at(t->parameters, 2 * i);
        parameters_init_glorot_uniform(t->parameters, 2 * i, 1);
    }
}

/* make a trainer */
struct trainer *trainer_new(struct engine *engine,
                            const struct dataset *data, size_t batch,
                            size_t hidden) {
    const size_t pixels = data->height * data->width;
    const size_t numbers = 2 * (pixels + 1) * (hidden + 1) +
                           3 * (hidden + 1) * (LATENTS + 1);
    struct trainer *t = checked_alloc(1, sizeof *t);
    *t = (struct trainer){.engine = engine, .data = data, .batch = batch};
    t->order = checked_alloc(data->count, sizeof *t->order);
    rng_permutation((struct rng_stream){.seed = 1, .purpose = RNG_SHUFFLE},
                    data->count, t->order);
    t->arena = arena_new(4 * numbers * sizeof(real) + (1 << 16));
    t->step = arena_new(batch * (6 * pixels + 8 * hidden + 20 * LATENTS) *
                            sizeof(real) + (1 << 16));
    t->tape = tape_new(engine, t->step);
    build(t, pixels, hidden);
    return t;
}

void trainer_free(struct trainer *t) {
    arena_free(t->arena);
    arena_free(t->step);
    free(t->order);
    free(t);
}

/* take a step */
static struct node *bill(struct trainer *t, struct node *x,
                         struct node *eps) {
    struct tape *tape = t->tape;
    struct node *h = op_relu(tape, dense_forward(tape, &t->hidden, x));
    struct node *mu = dense_forward(tape, &t->mu, h);
    struct node *logvar = dense_forward(tape, &t->logvar, h);
    struct node *z = op_gaussian_sample(tape, mu, logvar, eps);
    h = op_relu(tape, dense_forward(tape, &t->decode, z));
    struct node *l = dense_forward(tape, &t->logits, h);
    return op_mean(tape, op_add(tape, op_bernoulli_nll(tape, l, x),
                                op_gaussian_kl(tape, mu, logvar)));
}

real trainer_step(struct trainer *t) {
    const struct adam adam = {(real)1e-3, (real)0.9, (real)0.999,
                              (real)1e-8, 0};
    const struct rng_stream noise = {
        .seed = 1, .purpose = RNG_NOISE,
        .step = (uint32_t)t->parameters->step};
    tape_reset(t->tape);
    const size_t pixels = t->data->height * t->data->width;
    struct tensor x =
        tensor_raw(t->step, 2, (size_t[]){t->batch, pixels});
    struct tensor eps =
        tensor_raw(t->step, 2, (size_t[]){t->batch, LATENTS});
    if (t->next + t->batch > t->data->count)
        t->next = 0;
    data_batch(engine_pool(t->engine), t->data, t->order + t->next,
               t->batch, x.data, NULL);
    t->next += t->batch;
    kernel_normal(t->engine, noise, t->batch, LATENTS, eps.data);
    struct node *loss = bill(t, tape_constant(t->tape, x),
                             tape_constant(t->tape, eps));
    tape_backward(t->tape, loss);
    parameters_adam(t->engine, t->parameters, &adam);
    return loss->value.data[0];
}

/* time steps */
static void run_step(void *context) { trainer_step(context); }

double trainer_fastest(struct trainer *t, double budget) {
    return bench_fastest(budget, run_step, t);
}

double trainer_mean(struct trainer *t, double budget) {
    const double begun = bench_now();
    size_t steps = 0;
    do {
        run_step(t);
        steps++;
    } while (bench_now() - begun < budget);
    return (bench_now() - begun) / (double)steps;
}

size_t trainer_parameters(const struct trainer *t) {
    return parameters_numbers(t->parameters);
}

size_t trainer_activations(const struct trainer *t) {
    return arena_peak(t->step);
}
