/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

/* choose the shape of the register tile */
#if defined __AVX512F__
enum { WIDTH = 16, VECTORS = 2, TILE_ROWS = 12 };
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
/* take the lesser of two sizes */
static inline size_t minimum(size_t a, size_t b) {
    return a < b ? a : b;
}
/* copy a strip whose steps are rows in memory */
static inline void copy_rows(const float *from, size_t stride, size_t width,
                             size_t depth, size_t pitch, float *to) {
    for (size_t p = 0; p < depth; p++) {
        for (size_t w = 0; w < width; w++)
            to[p * pitch + w] = from[p * stride + w];
        for (size_t w = width; w < pitch; w++)
            to[p * pitch + w] = 0;
    }
}
/* turn a square of four by four */
typedef float quad
    __attribute__((vector_size(16), aligned(4), may_alias));

static inline quad lower(quad a, quad b) {
    return (quad){a[0], b[0], a[1], b[1]};
}

static inline quad upper(quad a, quad b) {
    return (quad){a[2], b[2], a[3], b[3]};
}
static inline void turn_square(const float *const row[4], size_t p,
                               size_t pitch, float *to) {
    const quad r0 = *(const quad *)(row[0] + p);
    const quad r1 = *(const quad *)(row[1] + p);
    const quad r2 = *(const quad *)(row[2] + p);
    const quad r3 = *(const quad *)(row[3] + p);
    const quad even_low = lower(r0, r2), odd_low = lower(r1, r3);
    const quad even_high = upper(r0, r2), odd_high = upper(r1, r3);
    *(quad *)to = lower(even_low, odd_low);
    *(quad *)(to + pitch) = upper(even_low, odd_low);
    *(quad *)(to + 2 * pitch) = lower(even_high, odd_high);
    *(quad *)(to + 3 * pitch) = upper(even_high, odd_high);
}
/* turn a strip whose steps are columns in memory */
static inline void turn_rows(const float *from, size_t stride, size_t width,
                             size_t depth, size_t pitch, float *to) {
    for (size_t end = 4; end < pitch + 4; end += 4) {
        const size_t w = minimum(end, pitch) - 4;
        const float *row[4];
        for (size_t i = 0; i < 4; i++)
            row[i] = from + minimum(w + i, width - 1) * stride;
        size_t p = 0;
        for (; p + 4 <= depth; p += 4)
            turn_square(row, p, pitch, to + p * pitch + w);
        for (; p < depth; p++)
            for (size_t i = 0; i < 4; i++)
                to[p * pitch + w + i] = row[i][p];
    }
}
/* advance a tile whose rows lie anywhere */
struct target {
    const float *start;                 /* of the chains: */
    bool alike;                         /* the same for each row, or not */
    float *to;
};

static inline __attribute__((always_inline)) void
advance_tile(size_t vectors, const struct windows *k,
             const struct place *place, const float *from, const float *b,
             struct target t) {
    vector s[TILE_ROWS][MOST_VECTORS];
    const float *row[TILE_ROWS];
    /* load the state of each row */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++) {
        row[i] = from + place[i].from;
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (v < vectors)
                s[i][v] = load(t.start + v * WIDTH);
    }
    if (!t.alike)
        #pragma GCC unroll 16
        for (size_t i = 0; i < TILE_ROWS; i++)
            #pragma GCC unroll 16
            for (size_t v = 0; v < MOST_VECTORS; v++)
                if (v < vectors)
                    s[i][v] = load(t.start + place[i].to + v * WIDTH);
    for (size_t p = 0; p < k->depth; p++) {
        const size_t at = k->step[p];
        #pragma GCC unroll 16
        for (size_t i = 0; i < TILE_ROWS; i++)
            #pragma GCC unroll 16
            for (size_t v = 0; v < MOST_VECTORS; v++)
                if (v < vectors)
                    s[i][v] = multiply_add(
                        row[i][at], load(b + v * WIDTH), s[i][v]);
        b += k->pitch;
    }
    /* store the state of each row */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++)
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (v < vectors)
                store(t.to + place[i].to + v * WIDTH, s[i][v]);
}
/* advance a tile at the edge */
static void advance_edge(const struct windows *k, const struct place *place,
                         const float *from, const float *b, struct target t,
                         size_t rows, size_t cols) {
    float whole[TILE_ROWS * TILE_COLS] = {0};
    struct place at[TILE_ROWS];
    for (size_t i = 0; i < TILE_ROWS; i++) {
        at[i].from = place[minimum(i, rows - 1)].from;
        at[i].to = i * TILE_COLS;
        if (i < rows)
            memcpy(whole + at[i].to, t.start + (t.alike ? 0 : place[i].to),
                   cols * sizeof *whole);
    }
    const struct target copy = {whole, false, whole};
    if (cols <= WIDTH)
        advance_tile(1, k, at, from, b, copy);
    else
        advance_tile(VECTORS, k, at, from, b, copy);
    for (size_t i = 0; i < rows; i++)
        memcpy(t.to + place[i].to, whole + at[i].to, cols * sizeof *whole);
}
/* have zeros to start from */
static const float zeros[MOST_VECTORS * WIDTH];
/* advance all rows */
static void advance(const struct windows *k, const float *from,
                    const float *b, float *to) {
    for (size_t j = 0; j < k->cols; j += TILE_COLS, b += k->strip) {
        const size_t cols = minimum(TILE_COLS, k->cols - j);
        struct target t = {zeros, true, to + j};
        if (k->start == FROM_ROW)
            t.start = k->row + j;
        else if (k->start == FROM_C)
            t = (struct target){to + j, false, to + j};
        for (size_t i = 0; i < k->rows; i += TILE_ROWS) {
            const size_t rows = minimum(TILE_ROWS, k->rows - i);
            if (rows == TILE_ROWS && cols == TILE_COLS)
                advance_tile(VECTORS, k, k->place + i, from, b, t);
            else
                advance_edge(k, k->place + i, from, b, t, rows, cols);
        }
    }
}
/* lay out a strip */
static void pack(const float *from, size_t stride, size_t width,
                 size_t depth, float *to) {
    if (width == TILE_COLS)
        copy_rows(from, stride, TILE_COLS, depth, TILE_COLS, to);
    else
        copy_rows(from, stride, width, depth, TILE_COLS, to);
}

static void turn(const float *from, size_t stride, size_t width,
                 size_t depth, float *to) {
    turn_rows(from, stride, width, depth, TILE_COLS, to);
}
/* add up the pixels of some channels */
enum { BIAS_VECTORS = 4 };

static void bias(size_t pixels, size_t channels, size_t width,
                 const float *dy, float *db) {
    if (width == BIAS_VECTORS * WIDTH) {
        vector s[BIAS_VECTORS];
        for (size_t v = 0; v < BIAS_VECTORS; v++)
            s[v] = load(db + v * WIDTH);
        for (size_t i = 0; i < pixels; i++)
            #pragma GCC unroll 4
            for (size_t v = 0; v < BIAS_VECTORS; v++)
                s[v] += load(dy + i * channels + v * WIDTH);
        for (size_t v = 0; v < BIAS_VECTORS; v++)
            store(db + v * WIDTH, s[v]);
    } else
        for (size_t i = 0; i < pixels; i++)
            for (size_t c = 0; c < width; c++)
                db[c] += dy[i * channels + c];
}

const struct isa_conv ISA_NAME(conv_) = {
    .advance = advance,
    .pack = pack,
    .turn = turn,
    .bias = bias,
    .tile_cols = TILE_COLS,
    .bias_cols = BIAS_VECTORS * WIDTH,
    .depth = TILE_COLS > 16 ? 256 : 320,
};
