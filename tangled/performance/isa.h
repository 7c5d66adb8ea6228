/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_ISA_H
#define PERFORMANCE_ISA_H

#include "00-foundations/elementwise.h"
#include "00-foundations/kernels.h"

/* name a thing after the instruction set */
#ifndef ISA
#define ISA baseline
#endif
#define ISA_PASTE(stem, isa) stem##isa
#define ISA_JOIN(stem, isa) ISA_PASTE(stem, isa)
#define ISA_NAME(stem) ISA_JOIN(stem, ISA)

/* the matrix product of one instruction set */
/* A part of C. */
struct rectangle { size_t row, rows, col, cols; };

struct isa_matmul {
    /* ready: the part's rows of A, packed before; or NULL */
    void (*multiply)(const struct matmul *x, struct rectangle part,
                     const float *ready, float *packed);
    /* packs the rows of A for parts that have the same */
    void (*pack_rows)(const struct matmul *x, struct rectangle part,
                      float *ready);
    size_t packed;                      /* floats that packing needs */
    size_t tile_rows, tile_cols;
};

extern const struct isa_matmul matmul_baseline, matmul_avx2,
    matmul_avx512, matmul_neon;

/* the convolutions of one instruction set */
/* where a row of a product begins to read, and where it writes */
struct place { size_t from, to; };

enum { RUN = 4 };                       /* steps that are neighbours */

/* what to ask memory for meanwhile: so many bytes for each row */
struct ahead { uintptr_t from; size_t row; };

struct product {
    size_t rows, cols, depth;
    const real *from, *b;               /* the factors */
    real *to;
    const struct place *place;          /* of each row */
    const size_t *step;                 /* of each term */
    size_t strip_cols, strip, pitch;    /* from a strip to the next, and
                                           from a row to the next in one */
    bool runs;                          /* all steps come in such */
    enum matmul_start start;
    const real *row;                    /* for FROM_ROW */
    struct ahead ahead[2];              /* by each half of the rows */
};
struct isa_conv {
    void (*advance)(const struct product *k);
    /* lay out one strip, as it lies or turned */
    void (*pack)(const real *from, size_t stride, size_t width,
                 size_t depth, size_t pitch, real *to);
    void (*turn)(const real *from, size_t stride, size_t width,
                 size_t depth, size_t pitch, real *to);
    /* state[i] += b[p * pitch] * from[step[p] + i] for each i, all p in
       order; works on whole blocks */
    void (*slide)(const struct product *k, size_t count, real *state);
    void (*bias)(size_t pixels, size_t channels, size_t width,
                 const real *dy, real *db);
    size_t width, tile_rows, tile_cols;
    size_t wide_rows, wide_cols;        /* of a tile for many columns */
    size_t depth;                       /* of a strip, at best */
    size_t block;                       /* of slide */
};

extern const struct isa_conv conv_baseline, conv_avx2, conv_avx512,
    conv_neon;

/* a loop and what it works on */
struct work {
    enum loop {
        LOOP_MAP, LOOP_MAP_BACKWARD, LOOP_ZIP, LOOP_MULTIPLY_ADD,
        LOOP_AXPY, LOOP_SCALE, LOOP_SUM, LOOP_SUM_ROWS,
        LOOP_CROSS_ENTROPY, LOOP_CROSS_ENTROPY_BACKWARD, LOOP_BERNOULLI,
        LOOP_BERNOULLI_BACKWARD, LOOP_SAMPLE, LOOP_SAMPLE_BACKWARD,
        LOOP_KL, LOOP_KL_BACKWARD, LOOP_UNIFORM, LOOP_NORMAL,
        LOOP_BINARISE, LOOP_ADAM, LOOP_SGD
    } loop;
    size_t items, cols;         /* rows and their length; elements and 1 */
    const real *in[4];
    real *out[4];               /* written, or read and written */
    int function;               /* an enum map or an enum zip */
    enum matmul_start start;    /* FROM_C: add to what is there */
    real alpha;
    const uint8_t *labels;
    struct rng_stream stream;
    struct adam_step adam;
    struct sgd sgd;
};

typedef void run_loop(const struct work *w, size_t i, size_t n);
run_loop loop_baseline, loop_avx2, loop_avx512, loop_neon;

/* what only the bench wants of an instruction set */
enum own { OWN_LOG1P, OWN_EXPM1 };

struct isa_bench {
    float (*peak)(size_t steps);
    double peak_flop;                   /* operations in a step */
    void (*own)(enum own f, size_t n, const real *x, real *y);
    /* given functions of libmvec */
    void (*apply)(void (*function)(void), size_t n, const real *x, real *y);
    void (*sigmoid)(void (*exp)(void), size_t n, const real *x, real *y);
    void (*softplus)(void (*exp)(void), void (*log1p)(void), size_t n,
                     const real *x, real *y);
    const char *prefix;                 /* of its functions in libmvec */
};

extern const struct isa_bench bench_baseline, bench_avx2, bench_avx512,
    bench_neon;

#endif
