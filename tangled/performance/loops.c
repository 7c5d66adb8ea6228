/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/engine.h"

/* run a loop in pieces */
enum { PIECE = 4096 };                  /* elements */

struct pieces {
    run_loop *loop;
    const struct work *work;
    size_t items;                       /* of a piece */
};

static void run_piece(void *context, size_t item, size_t thread) {
    (void)thread;
    const struct pieces *p = context;
    const size_t first = item * p->items;
    const size_t left = p->work->items - first;
    p->loop(p->work, first, left < p->items ? left : p->items);
}

static void run(struct engine *engine, const struct work *work) {
    const size_t cols = work->cols > 0 ? work->cols : 1;
    struct pieces p = {engine->isa->loop, work,
                       cols < PIECE ? PIECE / cols : 1};
    const size_t count = (work->items + p.items - 1) / p.items;
    pool_for(count > 2 ? engine->pool : NULL, count, run_piece, &p);
}

/* kernels over elements */
void kernel_map(struct engine *engine, enum map f, size_t n, const real *x,
                real *y) {
    run(engine, &(struct work){.loop = LOOP_MAP, .items = n, .cols = 1,
        .function = (int)f, .in = {x}, .out = {y}});
}

void kernel_map_backward(struct engine *engine, enum map f, size_t n,
                         const real *x, const real *y, const real *dy,
                         enum matmul_start start, real *dx) {
    run(engine, &(struct work){.loop = LOOP_MAP_BACKWARD, .items = n,
        .cols = 1, .function = (int)f, .start = start, .in = {x, y, dy},
        .out = {dx}});
}

void kernel_zip(struct engine *engine, enum zip f, size_t n, const real *a,
                const real *b, real *c) {
    run(engine, &(struct work){.loop = LOOP_ZIP, .items = n, .cols = 1,
        .function = (int)f, .in = {a, b}, .out = {c}});
}
void kernel_multiply_add(struct engine *engine, size_t n, const real *a,
                         const real *b, real *c) {
    run(engine, &(struct work){.loop = LOOP_MULTIPLY_ADD, .items = n,
        .cols = 1, .in = {a, b}, .out = {c}});
}

void kernel_axpy(struct engine *engine, size_t n, real alpha, const real *x,
                 real *y) {
    run(engine, &(struct work){.loop = LOOP_AXPY, .items = n, .cols = 1,
        .alpha = alpha, .in = {x}, .out = {y}});
}

void kernel_scale(struct engine *engine, size_t n, real alpha,
                  const real *x, real *y) {
    run(engine, &(struct work){.loop = LOOP_SCALE, .items = n, .cols = 1,
        .alpha = alpha, .in = {x}, .out = {y}});
}

/* kernels that sum */
real kernel_sum(struct engine *engine, size_t n, const real *x) {
    real total = 0;
    run(engine, &(struct work){.loop = LOOP_SUM, .items = 1, .cols = n,
        .in = {x}, .out = {&total}});
    return total;
}

void kernel_sum_rows(struct engine *engine, size_t rows, size_t cols,
                     const real *x, real *y) {
    run(engine, &(struct work){.loop = LOOP_SUM_ROWS, .items = rows,
        .cols = cols, .in = {x}, .out = {y}});
}

/* kernels of the losses */
void kernel_softmax_cross_entropy(struct engine *engine, size_t rows,
                                  size_t cols, const real *logits,
                                  const uint8_t *labels, real *loss,
                                  real *probabilities) {
    run(engine, &(struct work){.loop = LOOP_CROSS_ENTROPY, .items = rows,
        .cols = cols, .labels = labels, .in = {logits},
        .out = {loss, probabilities}});
}

void kernel_softmax_cross_entropy_backward(
    struct engine *engine, size_t rows, size_t cols,
    const real *probabilities, const uint8_t *labels, const real *dloss,
    real *dlogits) {
    run(engine, &(struct work){.loop = LOOP_CROSS_ENTROPY_BACKWARD,
        .items = rows, .cols = cols, .labels = labels,
        .in = {probabilities, dloss}, .out = {dlogits}});
}
void kernel_bernoulli_nll(struct engine *engine, size_t rows, size_t cols,
                          const real *logits, const real *x, real *nll) {
    run(engine, &(struct work){.loop = LOOP_BERNOULLI, .items = rows,
        .cols = cols, .in = {logits, x}, .out = {nll}});
}

void kernel_bernoulli_nll_backward(struct engine *engine, size_t rows,
                                   size_t cols, const real *logits,
                                   const real *x, const real *dnll,
                                   enum matmul_start start, real *dlogits) {
    run(engine, &(struct work){.loop = LOOP_BERNOULLI_BACKWARD,
        .items = rows, .cols = cols, .start = start,
        .in = {logits, x, dnll}, .out = {dlogits}});
}

/* kernels of Gaussian latents */
void kernel_gaussian_sample(struct engine *engine, size_t n, const real *mu,
                            const real *logvar, const real *eps, real *z) {
    run(engine, &(struct work){.loop = LOOP_SAMPLE, .items = n, .cols = 1,
        .in = {mu, logvar, eps}, .out = {z}});
}

void kernel_gaussian_sample_backward(struct engine *engine, size_t n,
                                     const real *logvar, const real *eps,
                                     const real *dz, real *dmu,
                                     real *dlogvar) {
    run(engine, &(struct work){.loop = LOOP_SAMPLE_BACKWARD, .items = n,
        .cols = 1, .in = {logvar, eps, dz}, .out = {dmu, dlogvar}});
}
void kernel_gaussian_kl(struct engine *engine, size_t rows, size_t cols,
                        const real *mu, const real *logvar, real *kl) {
    run(engine, &(struct work){.loop = LOOP_KL, .items = rows,
        .cols = cols, .in = {mu, logvar}, .out = {kl}});
}

void kernel_gaussian_kl_backward(struct engine *engine, size_t rows,
                                 size_t cols, const real *mu,
                                 const real *logvar, const real *dkl,
                                 real *dmu, real *dlogvar) {
    run(engine, &(struct work){.loop = LOOP_KL_BACKWARD, .items = rows,
        .cols = cols, .in = {mu, logvar, dkl}, .out = {dmu, dlogvar}});
}

/* kernels that draw */
void kernel_uniform(struct engine *engine, struct rng_stream stream,
                    size_t rows, size_t cols, real *u) {
    run(engine, &(struct work){.loop = LOOP_UNIFORM, .items = rows,
        .cols = cols, .stream = stream, .out = {u}});
}

void kernel_normal(struct engine *engine, struct rng_stream stream,
                   size_t rows, size_t cols, real *z) {
    run(engine, &(struct work){.loop = LOOP_NORMAL, .items = rows,
        .cols = cols, .stream = stream, .out = {z}});
}

void kernel_binarise(struct engine *engine, struct rng_stream stream,
                     size_t rows, size_t cols, const real *p, real *x) {
    run(engine, &(struct work){.loop = LOOP_BINARISE, .items = rows,
        .cols = cols, .stream = stream, .in = {p}, .out = {x}});
}

/* kernels that update */
void kernel_adam(struct engine *engine, const struct adam *adam,
                 uint64_t step, size_t n, const real *grad, real *m,
                 real *v, real *w) {
    run(engine, &(struct work){.loop = LOOP_ADAM, .items = n, .cols = 1,
        .adam = adam_prepare(adam, step), .in = {grad}, .out = {m, v, w}});
}

void kernel_sgd(struct engine *engine, const struct sgd *sgd, size_t n,
                const real *grad, real *m, real *w) {
    run(engine, &(struct work){.loop = LOOP_SGD, .items = n, .cols = 1,
        .sgd = *sgd, .in = {grad}, .out = {m, w}});
}
