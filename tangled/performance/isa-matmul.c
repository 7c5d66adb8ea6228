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
/* take the lesser of two sizes */
static inline size_t minimum(size_t a, size_t b) {
    return a < b ? a : b;
}
/* choose the size of a block */
enum { DEPTH = TILE_COLS > 16 ? 160 : 512, BLOCK_COLS = 1024 };
enum { PACKED_A = 52 * 1024, PACKED_B = BLOCK_COLS * DEPTH };
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
/* choose the shape of a narrow tile */
#if defined __AVX512F__
enum { NARROW_VECTORS = 2, NARROW_ROWS = 8 };
#elif defined __AVX2__
enum { NARROW_VECTORS = 3, NARROW_ROWS = 4 };
#else
enum { NARROW_VECTORS = 2, NARROW_ROWS = 4 };
#endif
/* describe a tile */
struct tile {
    const float *start;
    size_t start_stride;
    float *c;
    size_t stride;
};
/* describe a strip of A */
struct strip {
    const float *first;
    size_t row, step;
};
/* describe a strip of B */
struct panel {
    const float *first;
    size_t pitch;
};
/* multiply one tile */
static inline __attribute__((always_inline)) void
multiply_tile(size_t rows, size_t vectors, size_t depth, struct strip a,
              struct panel b, struct tile t) {
    vector s[TILE_ROWS][MOST_VECTORS];
    /* load the state of the chains */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++)
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (i < rows && v < vectors)
                s[i][v] = load(t.start + i * t.start_stride + v * WIDTH);
    for (size_t p = 0; p < depth; p++) {
        #pragma GCC unroll 16
        for (size_t i = 0; i < TILE_ROWS; i++)
            #pragma GCC unroll 16
            for (size_t v = 0; v < MOST_VECTORS; v++)
                if (i < rows && v < vectors)
                    s[i][v] = multiply_add(
                        a.first[i * a.row], load(b.first + v * WIDTH),
                        s[i][v]);
        a.first += a.step;
        b.first += b.pitch;
    }
    /* store the state of the chains */
    #pragma GCC unroll 16
    for (size_t i = 0; i < TILE_ROWS; i++)
        #pragma GCC unroll 16
        for (size_t v = 0; v < MOST_VECTORS; v++)
            if (i < rows && v < vectors)
                store(t.c + i * t.stride + v * WIDTH, s[i][v]);
}
/* multiply a tile at the edge */
static void copy_tile(size_t rows, size_t cols, const float *from,
                      size_t stride, float *to, size_t to_stride) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            to[i * to_stride + j] = from[i * stride + j];
}

static void multiply_edge(size_t depth, struct strip a, struct panel b,
                          struct tile t, size_t rows, size_t cols) {
    enum { HALF = TILE_ROWS / 2 };
    float whole[TILE_ROWS * TILE_COLS] = {0};
    struct tile copy = {whole, TILE_COLS, whole, TILE_COLS};
    copy_tile(rows, cols, t.start, t.start_stride, whole, TILE_COLS);
    if (cols <= WIDTH && rows <= HALF)
        multiply_tile(HALF, 1, depth, a, b, copy);
    else if (cols <= WIDTH)
        multiply_tile(TILE_ROWS, 1, depth, a, b, copy);
    else if (rows <= HALF)
        multiply_tile(HALF, VECTORS, depth, a, b, copy);
    else
        multiply_tile(TILE_ROWS, VECTORS, depth, a, b, copy);
    copy_tile(rows, cols, whole, TILE_COLS, t.c, t.stride);
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
/* pack a block of A */
static void pack_a(const struct matmul *x, size_t row, size_t rows,
                   size_t p, size_t depth, float *to) {
    for (size_t i = row; i < row + rows; i += TILE_ROWS) {
        const size_t high = minimum(TILE_ROWS, x->m - i);
        const float *straight = x->a + p * x->m + i;
        if (!x->a_transposed)
            turn_rows(x->a + i * x->k + p, x->k, high, depth, TILE_ROWS,
                      to);
        else if (high == TILE_ROWS)
            copy_rows(straight, x->m, TILE_ROWS, depth, TILE_ROWS, to);
        else
            copy_rows(straight, x->m, high, depth, TILE_ROWS, to);
        to += depth * TILE_ROWS;
    }
}
/* pack a strip of B */
static void pack_strip(const struct matmul *x, size_t col, size_t width,
                       size_t p, size_t depth, size_t pitch, float *to) {
    const float *straight = x->b + p * x->n + col;
    if (x->b_transposed)
        turn_rows(x->b + col * x->k + p, x->k, width, depth, pitch, to);
    else if (width == TILE_COLS && pitch == TILE_COLS)
        copy_rows(straight, x->n, TILE_COLS, depth, TILE_COLS, to);
    else
        copy_rows(straight, x->n, width, depth, pitch, to);
}
/* have zeros to start from */
static const float zeros[MOST_VECTORS * WIDTH];
/* say where the chains of a tile start */
static struct tile tile_at(const struct matmul *x, size_t row, size_t col,
                           size_t p) {
    float *c = x->c + row * x->n + col;
    if (p > 0 || x->start == FROM_C)
        return (struct tile){c, x->n, c, x->n};
    if (x->start == FROM_ROW)
        return (struct tile){x->row + col, 0, c, x->n};
    return (struct tile){zeros, 0, c, x->n};
}
/* describe a block */
struct block {
    struct rectangle c;
    size_t p, depth;
    const float *a;
    float *b;
    bool fresh;                         /* B is still to be packed */
    size_t spread;                      /* of the strips of B, a column */
};
/* ask for rows of a strip of B */
static void ask_for_rows(const struct matmul *x, size_t col, size_t from,
                         size_t to) {
    const size_t last = minimum(col + TILE_COLS, x->n) - 1;
    if (col < x->n)
        for (size_t p = from; p < to; p++)
            __builtin_prefetch(x->b + p * x->n + last);
}
/* multiply a strip of columns */
static void multiply_strip(const struct matmul *x, const struct block *k,
                           size_t col, size_t cols, struct panel b) {
    const size_t tiles = (k->c.rows + TILE_ROWS - 1) / TILE_ROWS;
    for (size_t i = 0; i < tiles; i++) {
        const size_t row = i * TILE_ROWS;
        const size_t rows = minimum(TILE_ROWS, k->c.rows - row);
        const struct strip a = {k->a + row * k->depth, 1, TILE_ROWS};
        const struct tile t = tile_at(x, k->c.row + row, col, k->p);
        /* ask for a part of the next strip */
        if (k->fresh && !x->b_transposed)
            ask_for_rows(x, col + TILE_COLS, k->p + i * k->depth / tiles,
                         k->p + (i + 1) * k->depth / tiles);
        if (rows == TILE_ROWS && cols == TILE_COLS)
            multiply_tile(TILE_ROWS, VECTORS, k->depth, a, b, t);
        else if (rows == TILE_ROWS && cols == WIDTH)
            multiply_tile(TILE_ROWS, 1, k->depth, a, b, t);
        else
            multiply_edge(k->depth, a, b, t, rows, cols);
    }
}
/* know which strips may stay where they are */
static bool may_stay(const struct matmul *x, const struct block *k,
                     size_t cols) {
    return k->c.rows <= TILE_ROWS && !x->b_transposed &&
           (cols == TILE_COLS || cols == WIDTH);
}
/* multiply a block */
static void multiply_block(const struct matmul *x, const struct block *k) {
    for (size_t j = 0; j < k->c.cols; j += TILE_COLS) {
        const size_t col = k->c.col + j;
        const size_t cols = minimum(TILE_COLS, k->c.cols - j);
        const size_t pitch = cols <= WIDTH ? WIDTH : TILE_COLS;
        float *b = k->b + j * k->spread;
        struct panel strip = {b, pitch};
        if (may_stay(x, k, cols))
            strip = (struct panel){x->b + k->p * x->n + col, x->n};
        else if (k->fresh)
            pack_strip(x, col, cols, k->p, k->depth, pitch, b);
        multiply_strip(x, k, col, cols, strip);
    }
}
/* divide a length into equal parts */
static size_t part_of(size_t length, size_t unit, size_t most) {
    const size_t units = (length + unit - 1) / unit;
    const size_t fit = most / unit, parts = (units + fit - 1) / fit;
    return parts == 0 ? unit : (units + parts - 1) / parts * unit;
}
/* pack rows of A for all pieces */
static size_t ready_at(struct rectangle of, size_t row, size_t p,
                       size_t depth) {
    const size_t strips = (of.rows + TILE_ROWS - 1) / TILE_ROWS;
    const size_t strip = (row - of.row) / TILE_ROWS;
    return (p * strips + depth * strip) * TILE_ROWS;
}

static void pack_rows(const struct matmul *x, struct rectangle of,
                      float *ready) {
    const size_t interval = part_of(x->k, 1, DEPTH);
    for (size_t p = 0; p < x->k; p += interval) {
        const size_t depth = minimum(interval, x->k - p);
        pack_a(x, of.row, of.rows, p, depth,
               ready + ready_at(of, of.row, p, depth));
    }
}
/* multiply an interval */
static void multiply_interval(const struct matmul *x, struct rectangle r,
                              size_t p, size_t depth, const float *ready,
                              float *packed) {
    const size_t most = PACKED_A / (depth > 0 ? depth : 1);
    const size_t rows = part_of(r.rows, TILE_ROWS, most);
    struct block k = {
        .c = r, .p = p, .depth = depth, .a = packed,
        .b = packed + PACKED_A, .spread = rows < r.rows ? depth : 0};
    for (size_t i = 0; i < r.rows; i += rows) {
        k.c.row = r.row + i;
        k.c.rows = minimum(rows, r.rows - i);
        k.fresh = i == 0;
        if (ready != NULL)
            k.a = ready + ready_at(r, k.c.row, p, depth);
        else
            pack_a(x, k.c.row, k.c.rows, p, depth, packed);
        multiply_block(x, &k);
    }
}
/* multiply a narrow rectangle */
static void multiply_narrow(const struct matmul *x, struct rectangle r,
                            size_t p, size_t depth, float *b) {
    enum { COLS = NARROW_VECTORS * WIDTH };
    float whole[NARROW_ROWS * COLS] = {0};
    const struct tile copy = {whole, COLS, whole, COLS};
    const struct panel packed = {b, COLS};
    pack_strip(x, r.col, r.cols, p, depth, COLS, b);
    for (size_t i = 0; i < r.rows; ) {
        const size_t row = r.row + i;
        const size_t rows = r.rows - i < NARROW_ROWS ? 1 : NARROW_ROWS;
        const struct tile t = tile_at(x, row, r.col, p);
        const struct strip a = x->a_transposed
            ? (struct strip){x->a + p * x->m + row, 1, x->m}
            : (struct strip){x->a + row * x->k + p, x->k, 1};
        copy_tile(rows, r.cols, t.start, t.start_stride, whole, COLS);
        if (rows == 1)
            multiply_tile(1, NARROW_VECTORS, depth, a, packed, copy);
        else
            multiply_tile(NARROW_ROWS, NARROW_VECTORS, depth, a, packed,
                          copy);
        copy_tile(rows, r.cols, whole, COLS, t.c, t.stride);
        i += rows;
    }
}
/* multiply the rectangle of C */
static void multiply(const struct matmul *x, struct rectangle r,
                     const float *ready, float *packed) {
    const bool narrow =
        ready == NULL && r.cols <= NARROW_VECTORS * WIDTH;
    const size_t interval = part_of(x->k, 1, DEPTH);
    const size_t cols = part_of(r.cols, TILE_COLS, BLOCK_COLS);
    for (size_t j = 0; j < r.cols; j += cols) {
        struct rectangle part = r;
        part.col += j;
        part.cols = minimum(cols, r.cols - j);
        size_t p = 0;
        do {
            const size_t depth = minimum(interval, x->k - p);
            if (narrow)
                multiply_narrow(x, part, p, depth, packed);
            else
                multiply_interval(x, part, p, depth, ready, packed);
            p += depth;
        } while (p < x->k);
    }
}

const struct isa_matmul ISA_NAME(matmul_) = {
    .multiply = multiply,
    .pack_rows = pack_rows,
    .packed = PACKED_A + PACKED_B,
    .tile_rows = TILE_ROWS,
    .tile_cols = TILE_COLS,
};
