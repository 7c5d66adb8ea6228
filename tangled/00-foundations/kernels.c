/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/kernels.h"

#include <stdlib.h>
#include <string.h>
#include "00-foundations/elementwise.h"
#include "workshop/fail.h"

struct engine { struct pool *pool; };

/* make an engine */
struct engine *engine_new(size_t threads, const char *isa) {
    if (isa != NULL && strcmp(isa, "baseline") != 0)
        return NULL;
    struct engine *engine = checked_alloc(1, sizeof *engine);
    engine->pool = pool_new(threads);
    return engine;
}

void engine_free(struct engine *engine) {
    if (engine == NULL)
        return;
    pool_free(engine->pool);
    free(engine);
}

const char *engine_isa(const struct engine *engine) {
    (void)engine;
    return "baseline";
}

size_t engine_threads(const struct engine *engine) {
    return pool_threads(engine->pool);
}

struct pool *engine_pool(struct engine *engine) { return engine->pool; }
/* compute one row of the product */
static void product_row(const struct matmul *p, size_t i) {
    size_t a_step = p->a_transposed ? p->m : 1;
    size_t b_row = p->b_transposed ? 1 : p->n;
    size_t b_step = p->b_transposed ? p->k : 1;
    const real *a = p->a + (p->a_transposed ? i : i * p->k);
    real *restrict c = p->c + i * p->n;
    for (size_t j = 0; j < p->n && p->start != FROM_C; j++)
        c[j] = p->start == FROM_ROW ? p->row[j] : 0;
    for (size_t k = 0; k < p->k; k++) {
        const real a_ik = a[k * a_step];
        const real *restrict b = p->b + k * b_row;
        for (size_t j = 0; j < p->n; j++)
            c[j] = fma_real(a_ik, b[j * b_step], c[j]);
    }
}
/* share the rows among threads */
static void product_item(void *context, size_t item, size_t thread) {
    (void)thread;
    product_row(context, item);
}

void kernel_matmul(struct engine *engine, const struct matmul *product) {
    struct matmul p = *product;
    pool_for(engine->pool, p.m, product_item, &p);
}
/* call the loops */
#define PLAIN(name, parameters, arguments)                              \
    void kernel_##name parameters {                                     \
        (void)engine;                                                   \
        loop_##name arguments;                                          \
    }

PLAIN(map, (struct engine *engine, enum map f, size_t n, const real *x,
            real *y), (f, n, x, y))
PLAIN(map_backward, (struct engine *engine, enum map f, size_t n,
                     const real *x, const real *y, const real *dy,
                     enum matmul_start start, real *dx),
      (f, n, x, y, dy, start, dx))
PLAIN(zip, (struct engine *engine, enum zip f, size_t n, const real *a,
            const real *b, real *c), (f, n, a, b, c))
PLAIN(multiply_add, (struct engine *engine, size_t n, const real *a,
                     const real *b, real *c), (n, a, b, c))
PLAIN(axpy, (struct engine *engine, size_t n, real alpha, const real *x,
             real *y), (n, alpha, x, y))
PLAIN(scale, (struct engine *engine, size_t n, real alpha, const real *x,
              real *y), (n, alpha, x, y))
real kernel_sum(struct engine *engine, size_t n, const real *x) {
    (void)engine;
    return loop_sum(n, x);
}
PLAIN(sum_rows, (struct engine *engine, size_t rows, size_t cols,
                 const real *x, real *y), (rows, cols, x, y))
PLAIN(softmax_cross_entropy,
      (struct engine *engine, size_t rows, size_t cols, const real *logits,
       const uint8_t *labels, real *loss, real *probabilities),
      (rows, cols, logits, labels, loss, probabilities))
PLAIN(softmax_cross_entropy_backward,
      (struct engine *engine, size_t rows, size_t cols,
       const real *probabilities, const uint8_t *labels,
       const real *dloss, real *dlogits),
      (rows, cols, probabilities, labels, dloss, dlogits))
PLAIN(bernoulli_nll, (struct engine *engine, size_t rows, size_t cols,
                      const real *logits, const real *x, real *nll),
      (rows, cols, logits, x, nll))
PLAIN(bernoulli_nll_backward,
      (struct engine *engine, size_t rows, size_t cols, const real *logits,
       const real *x, const real *dnll, enum matmul_start start,
       real *dlogits), (rows, cols, logits, x, dnll, start, dlogits))
PLAIN(gaussian_sample, (struct engine *engine, size_t n, const real *mu,
                        const real *logvar, const real *eps, real *z),
      (n, mu, logvar, eps, z))
PLAIN(gaussian_sample_backward,
      (struct engine *engine, size_t n, const real *logvar,
       const real *eps, const real *dz, real *dmu, real *dlogvar),
      (n, logvar, eps, dz, dmu, dlogvar))
PLAIN(gaussian_kl, (struct engine *engine, size_t rows, size_t cols,
                    const real *mu, const real *logvar, real *kl),
      (rows, cols, mu, logvar, kl))
PLAIN(gaussian_kl_backward,
      (struct engine *engine, size_t rows, size_t cols, const real *mu,
       const real *logvar, const real *dkl, real *dmu, real *dlogvar),
      (rows, cols, mu, logvar, dkl, dmu, dlogvar))
PLAIN(uniform, (struct engine *engine, struct rng_stream stream,
                size_t rows, size_t cols, real *u),
      (stream, rows, cols, u))
PLAIN(normal, (struct engine *engine, struct rng_stream stream,
               size_t rows, size_t cols, real *z), (stream, rows, cols, z))
PLAIN(binarise, (struct engine *engine, struct rng_stream stream,
                 size_t rows, size_t cols, const real *p, real *x),
      (stream, rows, cols, p, x))
PLAIN(adam, (struct engine *engine, const struct adam *adam, uint64_t step,
             size_t n, const real *grad, real *m, real *v, real *w),
      (adam_prepare(adam, step), n, grad, m, v, w))
PLAIN(sgd, (struct engine *engine, const struct sgd *sgd, size_t n,
            const real *grad, real *m, real *w), (*sgd, n, grad, m, w))
#undef PLAIN
