/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-loops.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "performance/bench.h"
#include "performance/engine.h"
#include "workshop/fail.h"

/* describe a loop to be timed */
enum { NUMBERS = 128 * 784 };

struct bench_loops {
    struct engine *engine;
    void *libmvec;
    void (*function[2])(void);          /* of libmvec */
    enum map map;
    enum own own;
    size_t n;
    real *x, *y, *grad, *m, *v;
};

static double time_loop(struct bench_loops *l, void (*body)(void *)) {
    return bench_fastest(0.01, body, l) / (double)l->n;
}

static void run_scale(void *context) {
    struct bench_loops *l = context;
    kernel_scale(l->engine, l->n, (real)1.5, l->x, l->y);
}
static void run_halve(void *context) {
    struct bench_loops *l = context;
    kernel_scale(l->engine, l->n, (real)0.5, l->x, l->y);
}

static void run_map(void *context) {
    struct bench_loops *l = context;
    kernel_map(l->engine, l->map, l->n, l->x, l->y);
}

static void run_own(void *context) {
    struct bench_loops *l = context;
    l->engine->isa->bench->own(l->own, l->n, l->x, l->y);
}

static void run_normal(void *context) {
    struct bench_loops *l = context;
    const struct rng_stream stream = {.seed = 1, .purpose = RNG_TEST};
    kernel_normal(l->engine, stream, l->n / 784, 784, l->y);
}
static void run_adam(void *context) {
    struct bench_loops *l = context;
    const struct adam adam = {(real)1e-3, (real)0.9, (real)0.999,
                              (real)1e-8, 0};
    kernel_adam(l->engine, &adam, 1, l->n, l->grad, l->m, l->v, l->y);
}

static void run_libmvec(void *context) {
    const struct bench_loops *l = context;
    l->engine->isa->bench->apply(l->function[0], l->n, l->x, l->y);
}
static void run_libmvec_sigmoid(void *context) {
    const struct bench_loops *l = context;
    l->engine->isa->bench->sigmoid(l->function[0], l->n, l->x, l->y);
}

static void run_libmvec_softplus(void *context) {
    const struct bench_loops *l = context;
    l->engine->isa->bench->softplus(l->function[0], l->function[1], l->n,
                                    l->x, l->y);
}

struct peak { const struct isa_bench *bench; volatile float sum; };
enum { PEAK_STEPS = 100000 };

static void run_peak(void *context) {
    struct peak *p = context;
    p->sum = p->bench->peak(PEAK_STEPS);
}

static struct bench_loops *loops_new(struct engine *engine, size_t n) {
    struct bench_loops *l = checked_alloc(1, sizeof *l);
    *l = (struct bench_loops){.engine = engine, .n = n};
    real **const array[] = {&l->x, &l->y, &l->grad, &l->m, &l->v};
    for (size_t i = 0; i < 5; i++) {
        *array[i] = aligned_alloc(64, n * sizeof(real));
        if (*array[i] == NULL)
            die("bench: no memory");
        for (size_t j = 0; j < n; j++)
            (*array[i])[j] = (real)(j % 800 + 1) * (real)0.01;
    }
    return l;
}

/* time each loop */
struct bench_loops *bench_loops_new(struct engine *engine) {
    struct bench_loops *l = loops_new(engine, NUMBERS);
    l->libmvec = dlopen("libmvec.so.1", RTLD_NOW | RTLD_LOCAL);
    return l;
}

void bench_loops_free(struct bench_loops *l) {
    if (l->libmvec != NULL)
        dlclose(l->libmvec);
    free(l->x);
    free(l->y);
    free(l->grad);
    free(l->m);
    free(l->v);
    free(l);
}
double loops_traffic(struct bench_loops *l) {
    return time_loop(l, run_scale);
}

double loops_map(struct bench_loops *l, enum map f) {
    l->map = f;
    return time_loop(l, run_map);
}

double loops_own(struct bench_loops *l, enum own f) {
    l->own = f;
    return time_loop(l, run_own);
}

double loops_normal(struct bench_loops *l) {
    return time_loop(l, run_normal);
}

double loops_adam(struct bench_loops *l) {
    return time_loop(l, run_adam);
}

double loops_halve(struct bench_loops *like, real number) {
    struct bench_loops *l = loops_new(like->engine, like->n);
    for (size_t i = 0; i < l->n; i++)
        l->x[i] = number;
    const double seconds = time_loop(l, run_halve);
    bench_loops_free(l);
    return seconds;
}
static bool find_libmvec(struct bench_loops *l, size_t place,
                         const char *function) {
    char name[64];
    snprintf(name, sizeof name, "%s%s", l->engine->isa->bench->prefix,
             function);
    void *symbol = l->libmvec == NULL ? NULL : dlsym(l->libmvec, name);
    if (symbol == NULL || sizeof(real) != sizeof(float))
        return false;
    memcpy(&l->function[place], &symbol, sizeof symbol);
    return true;
}

double loops_libmvec(struct bench_loops *l, const char *function) {
    return find_libmvec(l, 0, function) ? time_loop(l, run_libmvec) : 0;
}
double loops_libmvec_sigmoid(struct bench_loops *l) {
    return find_libmvec(l, 0, "expf") ? time_loop(l, run_libmvec_sigmoid)
                                      : 0;
}

double loops_libmvec_softplus(struct bench_loops *l) {
    return find_libmvec(l, 0, "expf") && find_libmvec(l, 1, "log1pf")
        ? time_loop(l, run_libmvec_softplus) : 0;
}

double bench_peak(const struct engine *engine) {
    struct peak p = {.bench = engine->isa->bench};
    return p.bench->peak_flop * PEAK_STEPS /
           bench_fastest(0.02, run_peak, &p);
}

double bench_bandwidth(struct engine *engine) {
    struct bench_loops *l = loops_new(engine, 1 << 24);
    const double seconds = time_loop(l, run_scale);
    bench_loops_free(l);
    return 2 * sizeof(real) / seconds;
}
