/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/engine.h"

#include <stdlib.h>
#include <string.h>
#include "workshop/fail.h"
#include "workshop/pages.h"

/* know what the processor can do */
static bool always(void) {
    return true;
}

#if defined __x86_64__
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw");
}
#endif

/* list the instruction sets, the best first */
static const struct isa known[] = {
#if defined __x86_64__
    {"avx512", has_avx512, &matmul_avx512, &conv_avx512, loop_avx512,
     &bench_avx512},
    {"avx2", has_avx2, &matmul_avx2, &conv_avx2, loop_avx2, &bench_avx2},
#endif
#if defined __aarch64__
    {"neon", always, &matmul_neon, &conv_neon, loop_neon, &bench_neon},
#else
    {"baseline", always, &matmul_baseline, &conv_baseline, loop_baseline,
     &bench_baseline},
#endif
};

/* choose an instruction set */
static const struct isa *choose(const char *name) {
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const bool wanted =
            name == NULL || strcmp(name, known[i].name) == 0;
        if (wanted && known[i].available())
            return &known[i];
    }
    return NULL;
}

/* make and free an engine */
static void *lines(size_t count, size_t size) {
    const size_t bytes = (count * size / 64 + 1) * 64;
    void *block = aligned_alloc(64, bytes);
    if (block == NULL)
        die("no memory to multiply in");
    pages_advise(block, bytes);
    return block;
}

struct engine *engine_new(size_t threads, const char *isa) {
    const struct isa *chosen = choose(isa);
    if (chosen == NULL)
        return NULL;
    struct engine *engine = checked_alloc(1, sizeof *engine);
    engine->isa = chosen;
    engine->pool = pool_new(threads);
    engine->desk = checked_alloc(pool_threads(engine->pool),
                                 sizeof *engine->desk);
    for (size_t i = 0; i < pool_threads(engine->pool); i++) {
        struct desk *desk = &engine->desk[i];
        desk->packed = lines(chosen->matmul->packed, sizeof(float));
        desk->ready = lines(READY, sizeof(float));
    }
    return engine;
}

void engine_free(struct engine *engine) {
    if (engine == NULL)
        return;
    for (size_t i = 0; i < pool_threads(engine->pool); i++) {
        free(engine->desk[i].packed);
        free(engine->desk[i].ready);
    }
    pool_free(engine->pool);
    free(engine->desk);
    free(engine->room);
    free(engine);
}
real *engine_room(struct engine *engine, size_t numbers) {
    if (numbers > engine->room_size) {
        free(engine->room);
        engine->room = lines(numbers, sizeof(real));
        engine->room_size = numbers;
    }
    return engine->room;
}

const char *engine_isa(const struct engine *engine) {
    return engine->isa->name;
}

size_t engine_threads(const struct engine *engine) {
    return pool_threads(engine->pool);
}

struct pool *engine_pool(struct engine *engine) {
    return engine->pool;
}
