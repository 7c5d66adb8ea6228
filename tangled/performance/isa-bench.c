/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

/* choose the shape of the register tile */
#if defined __AVX512F__
enum { WIDTH = 16, VECTORS = 3, TILE_ROWS = 8 };
#elif defined __AVX2__
enum { WIDTH = 8, VECTORS = 2, TILE_ROWS = 6 };
#elif defined __aarch64__
enum { WIDTH = 4, VECTORS = 3, TILE_ROWS = 8 };
#else
enum { WIDTH = 4, VECTORS = 2, TILE_ROWS = 4 };
#endif
enum { TILE_COLS = VECTORS * WIDTH };
enum { MOST_VECTORS = 3 };
/* name a vector that may lie anywhere among floats */
typedef float vector
    __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

static inline vector load(const float *from) {
    return *(const vector *)from;
}

static inline void store(float *to, vector x) {
    *(vector *)to = x;
}
/* multiply a number and a vector, and add, with one rounding */
static inline vector multiply_add(float a, vector b, vector c) {
    for (size_t lane = 0; lane < WIDTH; lane++)
        c[lane] = __builtin_fmaf(a, b[lane], c[lane]);
    return c;
}
/* keep the units for multiply-adds busy */
static float peak(size_t steps) {
    enum { CHAINS = 12 };
    vector s[CHAINS], b;
    for (size_t lane = 0; lane < WIDTH; lane++)
        b[lane] = 1.0f / (float)(lane + 3);
    for (size_t i = 0; i < CHAINS; i++)
        s[i] = b;
    for (size_t step = 0; step < steps; step++)
        #pragma GCC unroll 16
        for (size_t i = 0; i < CHAINS; i++)
            s[i] = multiply_add(0.5f, b, s[i]);
    float sum = 0;
    for (size_t i = 0; i < CHAINS; i++)
        sum += s[i][0];
    return sum;
}
/* apply a function of vectors */
typedef vector function_of_vector(vector);
typedef int32_t bits __attribute__((vector_size(4 * WIDTH)));

static void apply(void (*function)(void), size_t n, const float *x,
                  float *y) {
    function_of_vector *const f = (function_of_vector *)function;
    for (size_t i = 0; i + WIDTH <= n; i += WIDTH)
        store(y + i, f(load(x + i)));
}
static void sigmoid(void (*exp)(void), size_t n, const float *x, float *y) {
    function_of_vector *const e = (function_of_vector *)exp;
    for (size_t i = 0; i + WIDTH <= n; i += WIDTH)
        store(y + i, 1.0f / (1.0f + e(-load(x + i))));
}

static void softplus(void (*exp)(void), void (*log1p)(void), size_t n,
                     const float *x, float *y) {
    function_of_vector *const e = (function_of_vector *)exp;
    function_of_vector *const l = (function_of_vector *)log1p;
    for (size_t i = 0; i + WIDTH <= n; i += WIDTH) {
        const vector at = load(x + i);
        const vector minus = (vector)((bits)at | INT32_MIN);
        const vector most = (vector)((bits)at & (bits)(at > 0));
        store(y + i, most + l(e(minus)));
    }
}
static void own(enum own f, size_t n, const real *restrict x,
                real *restrict y) {
    switch (f) {
    case OWN_LOG1P:
        for (size_t i = 0; i < n; i++)
            y[i] = log1p_real(x[i]);
        break;
    case OWN_EXPM1:
        for (size_t i = 0; i < n; i++)
            y[i] = expm1_real(x[i]);
        break;
    }
}

const struct isa_bench ISA_NAME(bench_) = {
    .peak = peak,
    .peak_flop = 12 * WIDTH * 2,
    .own = own,
    .apply = apply,
    .sigmoid = sigmoid,
    .softplus = softplus,
    .prefix = WIDTH == 16 ? "_ZGVeN16v_" : WIDTH == 8 ? "_ZGVdN8v_"
              : "_ZGVbN4v_",
};
