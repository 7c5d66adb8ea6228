/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_ENGINE_H
#define PERFORMANCE_ENGINE_H

#include <stdatomic.h>
#include "performance/isa.h"

struct isa {
    const char *name;
    bool (*available)(void);            /* on the machine that runs this */
    const struct isa_matmul *matmul;
    const struct isa_conv *conv;
    run_loop *loop;
    const struct isa_bench *bench;      /* see the end of the appendix */
};

struct desk {                           /* of one thread */
    float *packed;                      /* isa->matmul->packed floats */
    float *ready;                       /* READY floats: rows of A */
    size_t band;                        /* to which they belong */
};

struct engine {
    struct pool *pool;
    const struct isa *isa;
    struct desk *desk;                  /* for each thread */
    atomic_size_t bands;                /* so far */
    real *room;                         /* for convolutions */
    size_t room_size;                   /* numbers */
};

enum { READY = 1 << 20 };

/* Room for so many numbers, on a cache line, until the next call. */
real *engine_room(struct engine *engine, size_t numbers);

#endif
