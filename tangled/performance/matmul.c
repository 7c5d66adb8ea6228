/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/engine.h"

/* describe a division of C */
enum { TOO_SMALL = 1 << 21 };           /* multiply-adds */

struct division {
    const struct engine *engine;
    const struct matmul *x;
    size_t rows, cols;                  /* of a piece */
};

static size_t pieces(const struct division *d) {
    if (d->rows == 0 || d->cols == 0)
        return 0;
    return ((d->x->m + d->rows - 1) / d->rows) *
           ((d->x->n + d->cols - 1) / d->cols);
}

/* half the size or a little more, in whole tiles */
static size_t half(size_t size, size_t tile) {
    const size_t tiles = (size + tile - 1) / tile;
    return tiles < 2 ? size : (tiles + 1) / 2 * tile;
}

/* divide C into pieces */
static struct division divide(const struct engine *e,
                              const struct matmul *x) {
    const size_t tile_rows = e->isa->matmul->tile_rows;
    const size_t tile_cols = e->isa->matmul->tile_cols;
    const size_t threads = pool_threads(e->pool);
    const size_t wanted =
        threads == 1 || x->m * x->n * x->k < TOO_SMALL ? 1 : 4 * threads;
    struct division d = {.engine = e, .x = x, .rows = x->m, .cols = x->n};
    while (pieces(&d) < wanted) {
        const struct division before = d;
        if (d.rows > d.cols)
            d.rows = half(d.rows, tile_rows);
        else
            d.cols = half(d.cols, tile_cols);
        if (d.rows == before.rows && d.cols == before.cols)
            break;
    }
    return d;
}

/* multiply the piece that was claimed */
static void multiply_piece(void *context, size_t item, size_t thread) {
    const struct division *d = context;
    const struct matmul *x = d->x;
    const struct isa_matmul *code = d->engine->isa->matmul;
    const size_t across = (x->n + d->cols - 1) / d->cols;
    const size_t row = item / across * d->rows;
    const size_t col = item % across * d->cols;
    const struct rectangle part = {
        .row = row, .rows = x->m - row < d->rows ? x->m - row : d->rows,
        .col = col, .cols = x->n - col < d->cols ? x->n - col : d->cols,
    };
    code->multiply(x, part, d->engine->packed + thread * code->packed);
}

void kernel_matmul(struct engine *engine, const struct matmul *product) {
    struct division d = divide(engine, product);
    pool_for(engine->pool, pieces(&d), multiply_piece, &d);
}
