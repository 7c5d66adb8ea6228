/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/engine.h"

/* count pieces */
static size_t at_least_one(size_t n) { return n > 0 ? n : 1; }

static size_t pieces(size_t of, size_t size) {
    return (of + size - 1) / size;
}

/* describe a division of C */
enum { TOO_SMALL = 1 << 18 };           /* multiply-adds */
enum { PIECES = 16 };                   /* for each thread, if so many */

struct division {
    struct engine *engine;
    const struct matmul *x;
    size_t group;                       /* rows of a piece, or: */
    size_t cols;                        /* columns of a piece */
    size_t band;                        /* rows packed together */
    struct rectangle now;               /* the band under way, */
    size_t number;                      /* and its number */
};

/* divide C into pieces */
static struct division divide(struct engine *e, const struct matmul *x) {
    const struct isa_matmul *code = e->isa->matmul;
    const size_t strips = pieces(x->n, code->tile_cols);
    const size_t share = strips / (PIECES * pool_threads(e->pool));
    const size_t fit = READY / (code->tile_rows * at_least_one(x->k));
    const size_t tiles = pieces(x->m, code->tile_rows);
    const size_t bands = at_least_one(pieces(tiles, at_least_one(fit)));
    return (struct division){
        .engine = e, .x = x,
        .group = 4 * code->tile_rows,
        .cols = code->tile_cols * (share < 1 ? 1 : share > 16 ? 16 : share),
        .band = fit < 4 ? 0 : pieces(tiles, bands) * code->tile_rows,
    };
}

/* work on the item that was claimed */
static void multiply_piece(void *context, size_t item, size_t thread) {
    const struct division *d = context;
    const struct isa_matmul *code = d->engine->isa->matmul;
    const size_t first = item * d->cols, left = d->x->n - first;
    struct desk *desk = &d->engine->desk[thread];
    struct rectangle part = d->now;
    part.col = first;
    part.cols = left < d->cols ? left : d->cols;
    if (desk->band != d->number) {
        code->pack_rows(d->x, part, desk->ready);
        desk->band = d->number;
    }
    code->multiply(d->x, part, desk->ready, desk->packed);
}
static void multiply_rows(void *context, size_t item, size_t thread) {
    const struct division *d = context;
    const struct isa_matmul *code = d->engine->isa->matmul;
    const size_t first = item * d->group, left = d->x->m - first;
    const struct rectangle part = {
        .row = first, .rows = left < d->group ? left : d->group,
        .cols = d->x->n,
    };
    code->multiply(d->x, part, NULL, d->engine->desk[thread].packed);
}

void kernel_matmul(struct engine *engine, const struct matmul *x) {
    struct division d = divide(engine, x);
    const size_t threads = pool_threads(engine->pool);
    if (x->m == 0 || x->n == 0)
        return;
    if (threads == 1 || x->m * x->n * x->k < TOO_SMALL) {
        d.group = x->m;
        pool_for(engine->pool, 1, multiply_rows, &d);
    } else if (pieces(x->n, d.cols) < 4 * threads || d.band == 0) {
        /* divide the rows */
        const size_t tiles = pieces(x->m, d.group);
        d.group *= at_least_one(tiles / (4 * threads));
        pool_for(engine->pool, pieces(x->m, d.group), multiply_rows, &d);
    } else
        for (size_t row = 0; row < x->m; row += d.band) {
            const size_t left = x->m - row;
            d.now = (struct rectangle){
                .row = row, .rows = left < d.band ? left : d.band};
            d.number = atomic_fetch_add(&engine->bands, 1) + 1;
            pool_for(engine->pool, pieces(x->n, d.cols), multiply_piece,
                     &d);
        }
}
