/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

#if defined __AVX2__
#include <immintrin.h>
#endif

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
/* multiply the lower halves of lanes */
typedef uint64_t wide __attribute__((vector_size(4 * WIDTH)));
enum { WIDES = WIDTH / 2 };

static inline wide multiply_low(wide a, uint32_t b) {
    const wide all = {0}, factor = all + b;
#if defined __AVX512F__
    return (wide)_mm512_mul_epu32((__m512i)a, (__m512i)factor);
#elif defined __AVX2__
    return (wide)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#else
    return (a & 0xffffffffu) * factor;
#endif
}
/* make the words of many blocks */
enum { WORDS = 4 * RNG_BATCH, ROUNDS = 10, SIDES = 2 };

static inline void philox_wide(wide c[4][SIDES],
                               wide key[ROUNDS][2]) {
    for (size_t round = 0; round < ROUNDS; round++)
        #pragma GCC unroll 2
        for (size_t i = 0; i < SIDES; i++) {
            const wide p0 = multiply_low(c[0][i], 0xD2511F53u);
            const wide p1 = multiply_low(c[2][i], 0xCD9E8D57u);
            c[0][i] = (p1 >> 32) ^ c[1][i] ^ key[round][0];
            c[2][i] = (p0 >> 32) ^ c[3][i] ^ key[round][1];
            c[1][i] = p1;
            c[3][i] = p0;
        }
}
static inline void philox_keys(uint64_t seed, wide key[ROUNDS][2]) {
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (size_t round = 0; round < ROUNDS; round++) {
        const wide none = {0};
        key[round][0] = none + k0;
        key[round][1] = none + k1;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
}
enum { FIRST = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 32 };

static inline wide join(wide first, wide second) {
    return (first & 0xffffffffu) << FIRST |
           (second & 0xffffffffu) << (32 - FIRST);
}

static inline wide count_from(uint32_t first) {
    wide number;
    for (uint32_t lane = 0; lane < WIDES; lane++)
        number[lane] = first + lane;
    return number;
}
static inline void draw_words(struct rng_stream s, uint32_t example,
                              uint32_t block, uint32_t word[WORDS]) {
    const wide none = {0};
    wide key[ROUNDS][2];
    uint64_t pair[WORDS / 2], *to = pair;
    philox_keys(s.seed, key);
    for (uint32_t b = 0; b < RNG_BATCH; b += SIDES * WIDES) {
        wide c[4][SIDES];
        for (uint32_t i = 0; i < SIDES; i++) {
            c[0][i] = count_from(block + b + i * WIDES);
            c[1][i] = none + (s.example + example);
            c[2][i] = none + s.step;
            c[3][i] = none + s.purpose;
        }
        philox_wide(c, key);
        for (size_t i = 0; i < SIDES; i++)
            for (size_t lane = 0; lane < WIDES; lane++) {
                *to++ = join(c[0][i], c[1][i])[lane];
                *to++ = join(c[2][i], c[3][i])[lane];
            }
    }
    memcpy(word, pair, sizeof pair);
}
/* draw rows of numbers */
static void draw_uniform(struct rng_stream s, uint32_t example,
                         uint32_t first, real u[WORDS]) {
    uint32_t word[WORDS];
    draw_words(s, example, first / 4, word);
    for (size_t i = 0; i < WORDS; i++)
        u[i] = uniform_of(word[i]);
}

static void draw_normal(struct rng_stream s, uint32_t example,
                        uint32_t first, real z[WORDS]) {
    uint32_t word[WORDS];
    draw_words(s, example, first / 4, word);
    for (size_t i = 0; i < WORDS; i += 2)
        normal_pair(word[i], word[i + 1], &z[i], &z[i + 1]);
}
static void draw(void (*some)(struct rng_stream, uint32_t, uint32_t,
                              real *),
                 struct rng_stream s, size_t rows, size_t cols, real *to) {
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < cols; c += WORDS) {
            real batch[WORDS], *at = to + r * cols + c;
            const size_t left = cols - c;
            some(s, (uint32_t)r, (uint32_t)c, left < WORDS ? batch : at);
            if (left < WORDS)
                memcpy(at, batch, left * sizeof *to);
        }
}
/* move a pointer that may be absent */
static real *moved(real *out, size_t at) {
    return out == NULL ? NULL : out + at;
}

void ISA_NAME(loop_)(const struct work *w, size_t i, size_t n) {
    const real *const *in = w->in;
    real *const *out = w->out;
    const size_t cols = w->cols, at = i * cols;
    struct rng_stream stream = w->stream;
    stream.example += (uint32_t)i;
    switch (w->loop) {
    /* do part of a loop over elements */
    case LOOP_MAP:
        loop_map((enum map)w->function, n, in[0] + at, out[0] + at);
        break;
    case LOOP_MAP_BACKWARD:
        loop_map_backward((enum map)w->function, n, in[0] + at, in[1] + at,
                          in[2] + at, w->start, out[0] + at);
        break;
    case LOOP_ZIP:
        loop_zip((enum zip)w->function, n, in[0] + at, in[1] + at, out[0] + at);
        break;
    case LOOP_MULTIPLY_ADD:
        loop_multiply_add(n, in[0] + at, in[1] + at, out[0] + at);
        break;
    case LOOP_AXPY:
        loop_axpy(n, w->alpha, in[0] + at, out[0] + at);
        break;
    case LOOP_SCALE:
        loop_scale(n, w->alpha, in[0] + at, out[0] + at);
        break;
    /* do part of a sum or a loss */
    case LOOP_SUM:
        out[0][0] = loop_sum(cols, in[0]);
        break;
    case LOOP_SUM_ROWS:
        loop_sum_rows(n, cols, in[0] + at, out[0] + i);
        break;
    case LOOP_CROSS_ENTROPY:
        loop_softmax_cross_entropy(n, cols, in[0] + at, w->labels + i,
                                   out[0] + i, out[1] + at);
        break;
    case LOOP_CROSS_ENTROPY_BACKWARD:
        loop_softmax_cross_entropy_backward(n, cols, in[0] + at, w->labels + i,
                                            in[1] + i, out[0] + at);
        break;
    case LOOP_BERNOULLI:
        loop_bernoulli_nll(n, cols, in[0] + at, in[1] + at, out[0] + i);
        break;
    case LOOP_BERNOULLI_BACKWARD:
        loop_bernoulli_nll_backward(n, cols, in[0] + at, in[1] + at, in[2] + i,
                                    w->start, out[0] + at);
        break;
    /* do part of a loop over Gaussian latents */
    case LOOP_SAMPLE:
        loop_gaussian_sample(n, in[0] + at, in[1] + at, in[2] + at,
                             out[0] + at);
        break;
    case LOOP_SAMPLE_BACKWARD:
        loop_gaussian_sample_backward(n, in[0] + at, in[1] + at, in[2] + at,
                                      moved(out[0], at), moved(out[1], at));
        break;
    case LOOP_KL:
        loop_gaussian_kl(n, cols, in[0] + at, in[1] + at, out[0] + i);
        break;
    case LOOP_KL_BACKWARD:
        loop_gaussian_kl_backward(n, cols, in[0] + at, in[1] + at, in[2] + i,
                                  moved(out[0], at), moved(out[1], at));
        break;
    /* do part of a loop over random numbers */
    case LOOP_UNIFORM:
        draw(draw_uniform, stream, n, cols, out[0] + at);
        break;
    case LOOP_NORMAL:
        draw(draw_normal, stream, n, cols, out[0] + at);
        break;
    case LOOP_BINARISE:
        draw(draw_uniform, stream, n, cols, out[0] + at);
        for (size_t j = 0; j < n * cols; j++)
            out[0][at + j] = out[0][at + j] < in[0][at + j] ? 1 : 0;
        break;
    /* do part of an update */
    case LOOP_ADAM:
        loop_adam(w->adam, n, in[0] + at, out[0] + at, out[1] + at,
                  out[2] + at);
        break;
    case LOOP_SGD:
        loop_sgd(w->sgd, n, in[0] + at, out[0] + at, out[1] + at);
        break;
    }
}
