/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

/* choose the shape of a tile of windows */
#if defined __AVX512F__
enum { WIDTH = 16, VECTORS = 2, TILE_ROWS = 14, FEW_ROWS = 8 };
enum { WIDE_VECTORS = 4, WIDE_ROWS = 6 };
#elif defined __AVX2__
enum { WIDTH = 8, VECTORS = 2, TILE_ROWS = 6, FEW_ROWS = 4 };
enum { WIDE_VECTORS = 2, WIDE_ROWS = 6 };
#elif defined __aarch64__
enum { WIDTH = 4, VECTORS = 3, TILE_ROWS = 8, FEW_ROWS = 4 };
enum { WIDE_VECTORS = 3, WIDE_ROWS = 8 };
#else
enum { WIDTH = 4, VECTORS = 2, TILE_ROWS = 4, FEW_ROWS = 2 };
enum { WIDE_VECTORS = 2, WIDE_ROWS = 4 };
#endif
enum { TILE_COLS = VECTORS * WIDTH, WIDE_COLS = WIDE_VECTORS * WIDTH };
enum { MOST_VECTORS = WIDE_VECTORS };
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
/* describe a tile of windows */
struct form { size_t height, vectors, run; bool neighbours; };

struct tile {
    size_t rows;                        /* that are wanted */
    const struct place *place;          /* of each */
    const float *from, *b;
    const float *start;                 /* of the chains: */
    bool alike;                         /* the same for each row, or not */
    float *to;
    uintptr_t ahead;                    /* to be asked for */
    size_t pace;                        /* bytes a step */
};
/* advance a tile whose rows lie anywhere */
static inline __attribute__((always_inline)) void
advance_tile(struct form f, const struct product *k, struct tile t) {
    const bool packed = f.run > 1 && f.vectors > 1;
    const size_t pitch = packed ? f.vectors * WIDTH : k->pitch;
    vector s[TILE_ROWS][MOST_VECTORS];
    const float *row[TILE_ROWS];
    /* load the state of each row */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++) {
        if (i < f.height)
            row[i] = t.from + t.place[minimum(i, t.rows - 1)].from;
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (i < f.height && v < f.vectors)
                s[i][v] = load(t.start + v * WIDTH);
    }
    if (!t.alike)
        #pragma GCC unroll 16
        for (size_t i = 0; i < TILE_ROWS; i++)
            #pragma GCC unroll 16
            for (size_t v = 0; v < MOST_VECTORS; v++)
                if (i < f.height && i < t.rows && v < f.vectors)
                    s[i][v] = load(t.start + t.place[i].to + v * WIDTH);
    for (size_t p = 0, b = 0; p < k->depth; p += f.run) {
        const size_t at = k->step[p];
        #ifndef __clang__
        #pragma GCC unroll 4
        #endif
        for (size_t q = 0; q < f.run; q++, b += pitch) {
            /* advance each row by a step */
            #pragma GCC unroll 16
            for (size_t i = 0; i < TILE_ROWS; i++) {
                const float *a = f.neighbours ? row[0] + i : row[i];
                #pragma GCC unroll 16
                for (size_t v = 0; v < MOST_VECTORS; v++)
                    if (i < f.height && v < f.vectors)
                        s[i][v] = multiply_add(a[at + q], load(t.b + b + v * WIDTH),
                                               s[i][v]);
            }
        }
        __builtin_prefetch((const void *)t.ahead, 0, 2);
        t.ahead += f.run * t.pace;
    }
    /* store the state of each row */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++)
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (i < f.height && i < t.rows && v < f.vectors)
                store(t.to + t.place[i].to + v * WIDTH, s[i][v]);
}
/* advance a tile of some form */
static inline __attribute__((always_inline)) void
advance_form(size_t height, size_t vectors, size_t rows,
             const struct product *k, struct tile t) {
    const size_t last = t.place[0].from + rows - 1;
    t.rows = rows;
    if (k->runs)
        advance_tile((struct form){height, vectors, RUN, false}, k, t);
    else if (rows == height && t.place[rows - 1].from == last)
        advance_tile((struct form){height, vectors, 1, true}, k, t);
    else
        advance_tile((struct form){height, vectors, 1, false}, k, t);
}

static void advance_rows(size_t height, size_t cols,
                         const struct product *k, const struct tile *t) {
    if (cols > TILE_COLS)
        advance_form(WIDE_ROWS, WIDE_VECTORS, t->rows, k, *t);
    else if (cols > WIDTH && t->rows == TILE_ROWS)
        advance_form(TILE_ROWS, VECTORS, TILE_ROWS, k, *t);
    else if (cols > WIDTH && height == TILE_ROWS)
        advance_form(TILE_ROWS, VECTORS, t->rows, k, *t);
    else if (cols > WIDTH)
        advance_form(FEW_ROWS, VECTORS, t->rows, k, *t);
    else if (height == TILE_ROWS)
        advance_form(TILE_ROWS, 1, t->rows, k, *t);
    else
        advance_form(FEW_ROWS, 1, t->rows, k, *t);
}
/* advance a tile at the edge */
static void advance_edge(size_t height, size_t cols,
                         const struct product *k, const struct tile *t) {
    float whole[TILE_ROWS * TILE_COLS] = {0};
    struct place at[TILE_ROWS];
    struct tile copy = *t;
    copy.place = at;
    copy.start = copy.to = whole;
    copy.alike = false;
    for (size_t i = 0; i < t->rows; i++) {
        at[i] = (struct place){t->place[i].from, i * TILE_COLS};
        memcpy(whole + at[i].to,
               t->start + (t->alike ? 0 : t->place[i].to),
               cols * sizeof *whole);
    }
    advance_rows(height, cols, k, &copy);
    for (size_t i = 0; i < t->rows; i++)
        memcpy(t->to + t->place[i].to, whole + at[i].to,
               cols * sizeof *whole);
}
/* have zeros to start from */
static const float zeros[MOST_VECTORS * WIDTH];
/* advance all rows */
static size_t next_height(size_t left, bool wide) {
    const bool two = left > TILE_ROWS && left <= 2 * FEW_ROWS;
    if (wide)
        return WIDE_ROWS;
    return left <= FEW_ROWS || two ? FEW_ROWS : TILE_ROWS;
}
static void advance_strip(const struct product *k, size_t cols,
                          size_t strip, struct tile t) {
    const bool whole = cols == WIDTH || cols == k->strip_cols;
    const size_t half = k->rows / 2;
    for (size_t i = 0, height; i < k->rows; i += height) {
        height = next_height(k->rows - i, k->strip_cols > TILE_COLS);
        t.rows = minimum(height, k->rows - i);
        t.place = k->place + i;
        const struct ahead *ahead = &k->ahead[i >= half];
        const size_t done = strip * half + (i >= half ? i - half : i);
        t.ahead = ahead->from + done * ahead->row;
        t.pace = ahead->row * height / (k->depth + 1);
        if (whole)
            advance_rows(height, cols, k, &t);
        else
            advance_edge(height, cols, k, &t);
    }
}

static void advance(const struct product *k) {
    size_t strip = 0;
    for (size_t j = 0; j < k->cols; j += k->strip_cols, strip++) {
        const size_t cols = minimum(k->strip_cols, k->cols - j);
        struct tile t = {.from = k->from, .b = k->b + strip * k->strip,
                         .start = zeros, .alike = true, .to = k->to + j};
        if (k->start == FROM_ROW)
            t.start = k->row + j;
        else if (k->start == FROM_C) {
            t.start = t.to;
            t.alike = false;
        }
        advance_strip(k, cols, strip, t);
    }
}
/* lay out a strip */
static void pack(const float *from, size_t stride, size_t width,
                 size_t depth, size_t pitch, float *to) {
    if (width == TILE_COLS && pitch == TILE_COLS)
        copy_rows(from, stride, TILE_COLS, depth, TILE_COLS, to);
    else
        copy_rows(from, stride, width, depth, pitch, to);
}
/* slide over the pixels */
enum { BLOCK_VECTORS = 8 };

static void slide(const struct product *k, size_t count, float *state) {
    for (size_t i = 0; i < count; i += BLOCK_VECTORS * WIDTH) {
        vector s[BLOCK_VECTORS];
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            s[v] = load(state + i + v * WIDTH);
        for (size_t p = 0; p < k->depth; p++) {
            const float *at = k->from + k->step[p] + i;
            #pragma GCC unroll 8
            for (size_t v = 0; v < BLOCK_VECTORS; v++)
                s[v] = multiply_add(k->b[p * k->pitch],
                                    load(at + v * WIDTH), s[v]);
        }
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            store(state + i + v * WIDTH, s[v]);
    }
}
/* add up the pixels of some channels */
static inline __attribute__((always_inline)) void
add_pixels(size_t vectors, size_t pixels, size_t channels, const float *dy,
           float *db) {
    vector s[4];
    for (size_t v = 0; v < vectors; v++)
        s[v] = load(db + v * WIDTH);
    for (size_t i = 0; i < pixels; i++)
        #pragma GCC unroll 4
        for (size_t v = 0; v < vectors; v++)
            s[v] += load(dy + i * channels + v * WIDTH);
    for (size_t v = 0; v < vectors; v++)
        store(db + v * WIDTH, s[v]);
}

static void bias(size_t pixels, size_t channels, size_t width,
                 const float *dy, float *db) {
    size_t c = 0;
    for (; c + 4 * WIDTH <= width; c += 4 * WIDTH)
        add_pixels(4, pixels, channels, dy + c, db + c);
    for (; c + 2 * WIDTH <= width; c += 2 * WIDTH)
        add_pixels(2, pixels, channels, dy + c, db + c);
    for (; c + WIDTH <= width; c += WIDTH)
        add_pixels(1, pixels, channels, dy + c, db + c);
    for (size_t i = 0; i < pixels && c < width; i++)
        for (size_t j = c; j < width; j++)
            db[j] += dy[i * channels + j];
}

const struct isa_conv ISA_NAME(conv_) = {
    .advance = advance,
    .pack = pack,
    .turn = turn_rows,
    .slide = slide,
    .bias = bias,
    .width = WIDTH,
    .tile_rows = TILE_ROWS, .tile_cols = TILE_COLS,
    .wide_rows = WIDE_ROWS, .wide_cols = WIDE_COLS,
    .depth = 320,
    .block = BLOCK_VECTORS * WIDTH,
};
