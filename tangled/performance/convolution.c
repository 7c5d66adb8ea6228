/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "00-foundations/convolution.h"

#include <string.h>
#include "performance/engine.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t at_least_one(size_t n) { return n > 0 ? n : 1; }

static size_t pieces(size_t of, size_t size) {
    return (of + size - 1) / size;
}

enum { BAND = 1 << 20 };

/* put an image into its frame */
struct frame {
    size_t rows, cols, lead;
    size_t high, wide, channels;        /* of the image */
};

static size_t frame_line(struct frame f) {
    return f.cols * f.channels;
}

static size_t frame_size(struct frame f) {
    return f.rows * frame_line(f);
}

static void fill_frame(struct frame f, const real *image, real *to) {
    const size_t line = frame_line(f);
    const size_t rows = least(f.high, f.rows - f.lead);
    const size_t wide = least(f.wide, f.cols - f.lead) * f.channels;
    to += f.lead * (line + f.channels);
    for (size_t i = 0; i < rows; i++, to += line) {
        memcpy(to, image, wide * sizeof *to);
        image += f.wide * f.channels;
    }
}

/* describe a convolution under way */
struct part {
    struct windows windows;             /* rows: those of one image */
    const real *b;
};

struct conv_job {
    struct engine *engine;
    const struct isa_conv *code;
    const struct conv *shape;
    const real *in, *dy;
    real *out;
    size_t out_size;                    /* of one image */
    struct frame frame;
    size_t group;                       /* images framed at once */
    size_t parts;
    struct part *part;
    struct place *place;
    size_t *step;
    real *packed, *frames;
};

/* advance the chains of a part */
static void advance_all(const struct conv_job *k, struct windows w,
                        const real *from, const real *b, real *to) {
    const size_t depth = w.depth;
    const size_t interval =
        pieces(depth, at_least_one(pieces(depth, k->code->depth)));
    size_t p = 0;
    do {
        w.depth = least(interval, depth - p);
        k->code->advance(&w, from, b + p * w.pitch, to);
        w.start = FROM_C;
        w.step += w.depth;
        p += w.depth;
    } while (p < depth);
}

/* work on a group of images */
static void convolve_group(void *context, size_t item, size_t thread) {
    const struct conv_job *k = context;
    const struct frame f = k->frame;
    const size_t size = frame_size(f), first = item * k->group;
    const size_t images = least(k->group, k->shape->batch - first);
    real *frames = k->frames + thread * k->group * size;
    for (size_t b = 0; b < images; b++)
        fill_frame(f, k->in + (first + b) * f.high * f.wide * f.channels,
                   frames + b * size);
    for (size_t p = 0; p < k->parts; p++) {
        struct windows w = k->part[p].windows;
        w.rows *= images;
        advance_all(k, w, frames, k->part[p].b,
                    k->out + first * k->out_size);
    }
}

/* choose the size of a group */
enum { GROUP_FLOATS = 1 << 15, GROUP_ROWS = 1 << 10 };

static size_t group_of(const struct conv_job *k, size_t rows) {
    const size_t share =
        k->shape->batch / (4 * pool_threads(k->engine->pool));
    const size_t fit =
        least(GROUP_FLOATS / at_least_one(frame_size(k->frame)),
              GROUP_ROWS / at_least_one(rows));
    return at_least_one(least(share, fit));
}

/* list places */
static struct place *list_places(struct place *next, size_t rows,
                                 size_t cols, struct place first,
                                 struct place row, struct place col) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            *next++ = (struct place){
                first.from + i * row.from + j * col.from,
                first.to + i * row.to + j * col.to};
    return next;
}

static size_t *list_steps(size_t *next, size_t rows, size_t cols,
                          size_t first, size_t row, size_t col) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            *next++ = first + i * row + j * col;
    return next;
}

/* make room for a convolution */
static size_t lines_of(size_t bytes) {
    return (bytes + 63) / 64 * (64 / sizeof(real));
}

static void make_room(struct conv_job *k, size_t packed, size_t frames,
                      size_t places, size_t steps) {
    const size_t p = lines_of(packed * sizeof *k->packed);
    const size_t f = lines_of(frames * sizeof *k->frames);
    const size_t l = lines_of(places * sizeof *k->place);
    const size_t n = lines_of(steps * sizeof *k->step);
    k->packed = engine_room(k->engine, p + f + l + n +
                            lines_of(k->parts * sizeof *k->part));
    k->frames = k->packed + p;
    k->place = (struct place *)(void *)(k->frames + f);
    k->step = (size_t *)(void *)(k->frames + f + l);
    k->part = (struct part *)(void *)(k->frames + f + l + n);
}

/* begin a convolution */
static struct conv_job job_new(struct engine *engine,
                               const struct conv *shape) {
    return (struct conv_job){.engine = engine, .shape = shape,
                             .code = engine->isa->conv};
}

static struct frame image_frame(const struct conv *s) {
    return (struct frame){
        s->height + 2 * s->padding, s->width + 2 * s->padding, s->padding,
        s->height, s->width, s->channels};
}

/* convolve */
static void pack_windows(const struct conv_job *k, size_t depth,
                         const real *w) {
    const size_t n = k->shape->filters, wide = k->code->tile_cols;
    for (size_t j = 0; j < n; j += wide)
        k->code->pack(w + j, n, least(wide, n - j), depth,
                      k->packed + j * depth);
}

static void place_windows(const struct conv_job *k) {
    const struct conv *s = k->shape;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    const size_t pixel = s->channels, line = frame_line(k->frame);
    struct place *next = k->place;
    for (size_t b = 0; b < k->group; b++)
        next = list_places(
            next, rows, cols,
            (struct place){b * frame_size(k->frame), b * k->out_size},
            (struct place){s->stride * line, cols * s->filters},
            (struct place){s->stride * pixel, s->filters});
}
void kernel_conv(struct engine *engine, const struct conv *s,
                 const real *x, const real *w, enum matmul_start start,
                 const real *row, real *y) {
    const size_t places = conv_rows(s) * conv_cols(s);
    const size_t line = s->kernel * s->channels, depth = s->kernel * line;
    struct conv_job k = job_new(engine, s);
    const size_t wide = k.code->tile_cols;
    k.in = x;
    k.out = y;
    k.out_size = places * s->filters;
    k.frame = image_frame(s);
    k.group = group_of(&k, places);
    k.parts = 1;
    const size_t frames =
        pool_threads(engine->pool) * k.group * frame_size(k.frame);
    make_room(&k, pieces(s->filters, wide) * wide * depth,
              frames,
              k.group * places, depth);
    memset(k.frames, 0, frames * sizeof *k.frames);
    pack_windows(&k, depth, w);
    place_windows(&k);
    list_steps(k.step, s->kernel, line, 0, frame_line(k.frame), 1);
    k.part[0] = (struct part){{
        .rows = places, .cols = s->filters, .depth = depth,
        .place = k.place, .step = k.step,
        .strip = depth * wide, .pitch = wide, .start = start, .row = row,
    }, k.packed};
    pool_for(engine->pool, pieces(s->batch, k.group), convolve_group, &k);
}

/* know what saw a class of lines */
struct class {
    size_t line, count;                 /* the first line, how many */
    size_t taps, last;                  /* lines of the window, the last */
    size_t first;                       /* line of the frame to begin at */
};

static size_t lead_of(const struct conv *s) {
    return s->kernel > s->padding + 1
        ? (s->kernel - 1 - s->padding) / s->stride : 0;
}

static struct class class_of(const struct conv *s, size_t line,
                             size_t lines) {
    const size_t row = line + s->padding, least_tap = row % s->stride;
    struct class c = {.line = line};
    if (line < lines)
        c.count = (lines - 1 - line) / s->stride + 1;
    if (least_tap < s->kernel) {
        c.taps = (s->kernel - 1 - least_tap) / s->stride + 1;
        c.last = least_tap + s->stride * (c.taps - 1);
        c.first = (row + s->stride * lead_of(s) - c.last) / s->stride;
    }
    return c;
}

/* convolve backwards */
static real *turn_windows(const struct conv_job *k, struct class row,
                           struct class col, const real *w, real *to) {
    const struct conv *s = k->shape;
    const size_t n = s->filters, wide = k->code->tile_cols;
    for (size_t j = 0; j < s->channels; j += wide)
        for (size_t r = 0; r < row.taps; r++)
            for (size_t q = 0; q < col.taps; q++, to += n * wide) {
                const size_t tap = (row.last - r * s->stride) * s->kernel +
                                   col.last - q * s->stride;
                k->code->turn(w + (tap * s->channels + j) * n, n,
                              least(wide, s->channels - j), n, to);
            }
    return to;
}

static struct place *place_pixels(const struct conv_job *k,
                                  struct class row, struct class col,
                                  struct place *next) {
    const struct conv *s = k->shape;
    const size_t n = s->filters, line = frame_line(k->frame);
    const size_t pixel = s->channels, width = s->width * pixel;
    for (size_t b = 0; b < k->group; b++)
        next = list_places(
            next, row.count, col.count,
            (struct place){
                b * frame_size(k->frame) + row.first * line + col.first * n,
                b * k->out_size + row.line * width + col.line * pixel},
            (struct place){line, s->stride * width},
            (struct place){n, s->stride * pixel});
    return next;
}
static void list_parts(struct conv_job *k, const real *w,
                       enum matmul_start start, const real *bias) {
    const struct conv *s = k->shape;
    real *packed = k->packed;
    struct place *place = k->place;
    size_t *step = k->step;
    for (size_t p = 0; p < k->parts; p++) {
        const struct class row = class_of(s, p / s->stride, s->height);
        const struct class col = class_of(s, p % s->stride, s->width);
        const size_t line = col.taps * s->filters, wide = k->code->tile_cols;
        k->part[p] = (struct part){{
            .rows = row.count * col.count, .cols = s->channels,
            .depth = row.taps * line, .place = place, .step = step,
            .strip = row.taps * line * wide, .pitch = wide,
            .start = start, .row = bias,
        }, packed};
        step = list_steps(step, row.taps, line, 0, frame_line(k->frame), 1);
        packed = turn_windows(k, row, col, w, packed);
        place = place_pixels(k, row, col, place);
    }
}

void kernel_conv_input(struct engine *engine, const struct conv *s,
                       const real *dy, const real *w,
                       enum matmul_start start, const real *row, real *dx) {
    struct conv_job k = job_new(engine, s);
    const size_t pixels = s->height * s->width, lead = lead_of(s);
    const size_t wide = k.code->tile_cols;
    if (pixels == 0)
        return;
    k.in = dy;
    k.out = dx;
    k.out_size = pixels * s->channels;
    k.frame = (struct frame){
        lead + (s->height - 1 + s->padding) / s->stride + 1,
        lead + (s->width - 1 + s->padding) / s->stride + 1, lead,
        conv_rows(s), conv_cols(s), s->filters};
    k.group = group_of(&k, pixels);
    k.parts = s->stride * s->stride;
    const size_t frames =
        pool_threads(engine->pool) * k.group * frame_size(k.frame);
    make_room(&k, s->kernel * s->kernel * s->filters *
                      pieces(s->channels, wide) * wide,
              frames,
              k.group * pixels, s->kernel * s->kernel * s->filters);
    memset(k.frames, 0, frames * sizeof *k.frames);
    list_parts(&k, w, start, row);
    pool_for(engine->pool, pieces(s->batch, k.group), convolve_group, &k);
}

/* convolve for the weights */
struct weighing {
    struct conv_job job;
    size_t first, images;               /* the band under way */
    size_t interval;                    /* images between pauses */
    size_t taps;                        /* rows of a piece */
    bool direct;                        /* dy is used as it lies */
};

static void fill_one(void *context, size_t item, size_t thread) {
    const struct weighing *w = context;
    const struct conv_job *k = &w->job;
    const struct frame f = k->frame;
    (void)thread;
    real *to = k->frames + item * frame_size(f);
    memset(to, 0, frame_size(f) * sizeof *to);
    fill_frame(f, k->in + (w->first + item) * f.high * f.wide * f.channels,
               to);
}

static void weigh_piece(void *context, size_t item, size_t thread) {
    const struct weighing *w = context;
    const struct conv_job *k = &w->job;
    const size_t wide = k->code->tile_cols, n = k->shape->filters;
    const size_t across = pieces(n, wide), j = item % across * wide;
    const size_t places = k->out_size, tap = item / across * w->taps;
    real *strip = k->packed + thread * w->interval * places * wide;
    struct windows part = k->part[0].windows;
    part.place += tap;
    part.rows = least(w->taps, part.rows - tap);
    part.cols = least(wide, n - j);
    for (size_t b = 0; b < w->images; b += w->interval) {
        const real *dy = k->dy + (w->first + b) * places * n + j;
        part.depth = least(w->interval, w->images - b) * places;
        if (w->direct && part.cols == wide)
            part.pitch = n;
        else {
            k->code->pack(dy, n, part.cols, part.depth, strip);
            dy = strip;
            part.pitch = wide;
        }
        k->code->advance(&part, k->frames + b * frame_size(k->frame), dy,
                         k->out + j);
    }
}
void kernel_conv_weights(struct engine *engine, const struct conv *s,
                         const real *x, const real *dy, real *dw) {
    struct weighing w = {.job = job_new(engine, s)};
    struct conv_job *k = &w.job;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    const size_t threads = pool_threads(engine->pool);
    const size_t wide = k->code->tile_cols;
    const size_t line = s->kernel * s->channels, all = s->kernel * line;
    k->in = x;
    k->dy = dy;
    k->out = dw;
    k->out_size = rows * cols;
    k->frame = image_frame(s);
    k->parts = 1;
    w.interval = at_least_one(k->code->depth / (rows * cols));
    const size_t size = at_least_one(frame_size(k->frame));
    const size_t most = threads == 1 ? BAND / 16 : BAND;
    const size_t band = least(
        s->batch, at_least_one(most / size / w.interval) * w.interval);
    make_room(k, threads * w.interval * rows * cols * wide,
              band * frame_size(k->frame), all,
              w.interval * rows * cols);
    const size_t pixel = s->channels, below = frame_line(k->frame);
    list_places(k->place, s->kernel, line, (struct place){0, 0},
                (struct place){below, line * s->filters},
                (struct place){1, s->filters});
    size_t *next = k->step;
    for (size_t b = 0; b < w.interval; b++)
        next = list_steps(next, rows, cols, b * size,
                          s->stride * below, s->stride * pixel);
    k->part[0].windows = (struct windows){
        .rows = all, .place = k->place, .step = k->step, .start = FROM_C};
    w.direct = all <= 4 * engine->isa->matmul->tile_rows && s->filters <= 32;
    const size_t across = pieces(s->filters, wide);
    const size_t tile = engine->isa->matmul->tile_rows;
    const size_t parts =
        threads == 1 ? 1 : pieces(8 * threads, at_least_one(across));
    w.taps = at_least_one(pieces(pieces(all, tile), parts)) * tile;
    for (; w.first < s->batch; w.first += band) {
        w.images = least(band, s->batch - w.first);
        pool_for(engine->pool, w.images, fill_one, &w);
        pool_for(engine->pool, across * pieces(all, w.taps), weigh_piece,
                 &w);
    }
}
struct bias_work {
    const struct isa_conv *code;
    size_t pixels, channels;
    const real *dy;
    real *db;
};

static void add_channels(void *context, size_t item, size_t thread) {
    const struct bias_work *w = context;
    const size_t first = item * w->code->bias_cols;
    (void)thread;
    w->code->bias(w->pixels, w->channels,
                  least(w->code->bias_cols, w->channels - first),
                  w->dy + first, w->db + first);
}

void kernel_conv_bias(struct engine *engine, size_t pixels, size_t channels,
                      const real *dy, real *db) {
    struct bias_work w = {engine->isa->conv, pixels, channels, dy, db};
    pool_for(engine->pool, pieces(channels, w.code->bias_cols),
             add_channels, &w);
}
