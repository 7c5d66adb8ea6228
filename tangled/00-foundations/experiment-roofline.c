/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "00-foundations/arena.h"
#include "00-foundations/blocked.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SIDE = 768, ROUNDS = 40, LOOPS = 6, PRODUCTS = 3 };
enum { IN_CACHE = 4096, AT_A_TIME = 1 << 20, IN_MEMORY = 1 << 24 };
enum { DEPTH = 32, COLS = 256 };

/* time the roof */
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* operations a second */
static double roof(size_t operations, size_t n, real *x) {
    double begun = now();
    size_t total = n < AT_A_TIME ? AT_A_TIME : n;
    for (size_t done = 0; done < total; done += n)
        raise_intensity(operations, n, x);
    return (double)operations * (double)total / (now() - begun);
}
/* time the products */
static double speed(size_t which, const struct matmul *p) {
    double begun = now();
    if (which == 0)
        product_plain(p);
    else if (which == 1)
        product_blocked(p, p->k, p->n);
    else
        product_blocked(p, DEPTH, COLS);
    return 2.0 * (double)p->m * (double)p->n * (double)p->k /
           (now() - begun);
}

struct speeds {
    double cache[LOOPS], memory[LOOPS], product[PRODUCTS];
    size_t differing;               /* elements of C, blocked from plain */
};

static void time_all(struct speeds *s, const struct matmul p[PRODUCTS],
                     real *x) {
    for (size_t d = 0; d < LOOPS; d++) {
        s->cache[d] = fmax(s->cache[d], roof((size_t)1 << d, IN_CACHE, x));
        s->memory[d] =
            fmax(s->memory[d], roof((size_t)1 << d, IN_MEMORY, x));
    }
    for (size_t i = 0; i < PRODUCTS; i++)
        s->product[i] = fmax(s->product[i], speed(i, &p[i]));
    s->differing = 0;
    for (size_t i = 0; i < SIDE * SIDE; i++)
        s->differing +=
            memcmp(&p[0].c[i], &p[2].c[i], sizeof p[0].c[i]) != 0;
}
/* write the roofline */
static void put_roof(struct ledger *times, const char *from, double highest,
                     const double speed[LOOPS]) {
    char key[64];
    double edge = INFINITY;         /* operations a byte */
    for (size_t d = 0; d < LOOPS; d++) {
        double intensity = (double)((size_t)1 << d) / 8;
        snprintf(key, sizeof key, "roofline.%s.%d", from, 1 << d);
        ledger_put(times, key, speed[d] / highest, NAN, "");
        edge = fmin(edge, intensity * highest / speed[d]);
    }
    snprintf(key, sizeof key, "roofline.%s_edge", from);
    ledger_put(times, key, edge, NAN, "");
}
static bool write_times(const struct speeds *s, const char *out,
                        struct error *err) {
    static const char *const name[PRODUCTS] = {
        "roofline.plain", "roofline.pairs", "roofline.blocked"};
    char path[512];
    snprintf(path, sizeof path, "%s/roofline.times.tsv", out);
    struct ledger *times =
        ledger_open(path, "00-foundations/experiment-roofline.c", "",
                    "one thread, 768 x 768 x 768", SOURCE_HASH);
    double highest = 0;
    for (size_t d = 0; d < LOOPS; d++)
        highest = fmax(highest, fmax(s->cache[d], s->memory[d]));
    put_roof(times, "cache", highest, s->cache);
    put_roof(times, "memory", highest, s->memory);
    for (size_t i = 0; i < PRODUCTS; i++)
        ledger_put(times, name[i], s->product[i] / highest, NAN, "");
    ledger_put(times, "roofline.pairs_gain",
               s->product[1] / s->product[0], NAN, "");
    ledger_put(times, "roofline.blocks_gain",
               s->product[2] / s->product[0], NAN, "");
    return ledger_close(times, err);
}
static bool measure(const char *out, struct error *err) {
    char path[512];
    struct speeds s = {.differing = 0};
    struct matmul p[PRODUCTS];
    struct arena *arena = arena_new((size_t)1 << 28);
    struct engine *engine = engine_new(1, NULL);
    real *x = arena_alloc(arena, IN_MEMORY, sizeof *x);
    real *ab = arena_alloc(arena, 2 * SIDE * SIDE, sizeof *ab);
    struct rng_stream stream = {1, RNG_TEST, 0, 0};
    kernel_normal(engine, stream, 2 * SIDE, SIDE, ab);
    for (size_t i = 0; i < PRODUCTS; i++)
        p[i] = (struct matmul){
            .m = SIDE, .n = SIDE, .k = SIDE, .a = ab,
            .b = ab + SIDE * SIDE, .start = FROM_ZERO,
            .c = arena_alloc(arena, SIDE * SIDE, sizeof(real))};
    for (size_t round = 0; round < ROUNDS; round++)
        time_all(&s, p, x);
    engine_free(engine);
    arena_free(arena);
    snprintf(path, sizeof path, "%s/roofline.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-roofline.c", "",
                    "768 x 768 x 768", SOURCE_HASH);
    ledger_put(ledger, "roofline.differing", (double)s.differing, NAN, "");
    return ledger_close(ledger, err) && write_times(&s, out, err);
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Measures products against the machine's roofline."};
    const char *name = options_start(&program, &run, argc, argv);
    struct error err;
    if (!measure(run.out, &err))
        error_exit(name, &err);
    return program_end(name);
}
