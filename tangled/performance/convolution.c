/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "00-foundations/convolution.h"

#include <string.h>
#include "performance/engine.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static size_t at_least_one(size_t n) { return n > 0 ? n : 1; }

static size_t pieces(size_t of, size_t size) {
    return (of + size - 1) / size;
}

static size_t round_up(size_t n, size_t unit) {
    return at_least_one(pieces(n, unit)) * unit;
}

/* choose the width of strips */
static size_t strip_of(const struct isa_conv *code, size_t cols) {
    return cols % code->wide_cols == 0 ? code->wide_cols : code->tile_cols;
}

/* put an image into its frame */
struct frame {
    size_t rows, cols, lead;
    size_t high, wide, channels;        /* of the image */
};

static size_t frame_line(struct frame f) { return f.cols * f.channels; }

static size_t frame_size(struct frame f) { return f.rows * frame_line(f); }

static size_t image_size(struct frame f) {
    return f.high * f.wide * f.channels;
}

static void fill_frame(struct frame f, const real *image, real *to) {
    const size_t rows = least(f.high, f.rows - f.lead);
    const size_t wide = least(f.wide, f.cols - f.lead) * f.channels;
    to += f.lead * (frame_line(f) + f.channels);
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * frame_line(f), image + i * f.wide * f.channels,
               wide * sizeof *to);
}

/* describe a convolution under way */
struct part {
    struct windows windows;             /* rows: those of one image */
    const real *b;
};

struct job {
    struct engine *engine;
    const struct isa_conv *code;
    const struct conv *shape;
    const real *in;
    real *out;
    size_t out_size;                    /* of one image */
    struct frame frame;
    size_t group;                       /* images framed at once */
    size_t parts;
    /* what lies in the room of a convolution */
    real *packed, *frames;
    struct place *place;
    size_t *step;
    struct part *part;
};

/* choose an interval */
static size_t interval_of(const struct isa_conv *code, size_t depth) {
    const size_t intervals = at_least_one(pieces(depth, code->depth));
    return round_up(pieces(depth, intervals), RUN);
}

/* ask for numbers ahead */
static void ask_ahead(const struct isa_conv *code, struct windows *w,
                      size_t half, const real *from, size_t numbers) {
    const size_t strips = pieces(w->cols, w->wide);
    const size_t rows = at_least_one(w->rows / 2 * strips);
    const size_t high =
        w->wide > code->tile_cols ? code->wide_rows : code->tile_rows;
    const size_t row = numbers * sizeof *from / rows;
    const size_t depth = at_least_one(interval_of(code, w->depth));
    w->ahead[half] = (struct ahead){
        (const char *)from, row, row * least(high, w->rows) / depth};
}
static void ask_for_group(const struct job *k, size_t part, size_t first,
                          struct windows *w) {
    const size_t ahead = k->group * pool_threads(k->engine->pool);
    const size_t next = least(first + ahead, k->shape->batch);
    const size_t images = least(k->group, k->shape->batch - next);
    const size_t share = images * image_size(k->frame) / k->parts / 2;
    const real *from =
        k->in + next * image_size(k->frame) + 2 * part * share;
    ask_ahead(k->code, w, 0, from, share);
    ask_ahead(k->code, w, 1, from + share, share);
}

/* advance the chains of a part */
static void advance_part(const struct job *k, struct windows w,
                         const real *from, const real *b, real *to) {
    const size_t depth = w.depth;
    const size_t interval = interval_of(k->code, depth);
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
    const struct job *k = context;
    const size_t size = frame_size(k->frame), first = item * k->group;
    const size_t images = least(k->group, k->shape->batch - first);
    real *frames = k->frames + thread * k->group * size;
    for (size_t b = 0; b < images; b++)
        fill_frame(k->frame, k->in + (first + b) * image_size(k->frame),
                   frames + b * size);
    for (size_t p = 0; p < k->parts; p++) {
        struct windows w = k->part[p].windows;
        w.rows *= images;
        ask_for_group(k, p, first, &w);
        advance_part(k, w, frames, k->part[p].b,
                     k->out + first * k->out_size);
    }
}

/* choose the size of a group */
enum { GROUP_NUMBERS = 1 << 14, GROUP_ROWS = 1 << 10 };

static size_t group_of(const struct job *k, size_t rows) {
    const size_t share =
        k->shape->batch / (4 * pool_threads(k->engine->pool));
    const size_t fit =
        least(GROUP_NUMBERS / at_least_one(frame_size(k->frame)),
              GROUP_ROWS / at_least_one(rows));
    return at_least_one(least(share, fit));
}

/* make room for a convolution */
static size_t lines_of(size_t bytes) {
    return (bytes + 63) / 64 * (64 / sizeof(real));
}

static void make_room(struct job *k, size_t packed, size_t frames,
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
static void clear_frames(const struct job *k) {
    const size_t frames = pool_threads(k->engine->pool) * k->group;
    memset(k->frames, 0, frames * frame_size(k->frame) * sizeof(real));
}

/* list places and steps */
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

/* begin a convolution */
static struct job job_new(struct engine *engine, const struct conv *s) {
    return (struct job){.engine = engine, .shape = s, .parts = 1,
                        .code = engine->isa->conv};
}

static struct frame image_frame(const struct conv *s) {
    return (struct frame){
        s->height + 2 * s->padding, s->width + 2 * s->padding, s->padding,
        s->height, s->width, s->channels};
}

/* list the places of a group */
static void place_windows(const struct job *k) {
    const struct conv *s = k->shape;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    const size_t line = frame_line(k->frame);
    struct place *next = k->place;
    for (size_t b = 0; b < k->group; b++)
        next = list_places(
            next, rows, cols,
            (struct place){b * frame_size(k->frame), b * k->out_size},
            (struct place){s->stride * line, cols * s->filters},
            (struct place){s->stride * s->channels, s->filters});
}

/* pack the weights */
static void pack_weights(const struct job *k, size_t depth, const real *w) {
    const size_t n = k->shape->filters, wide = strip_of(k->code, n);
    for (size_t j = 0; j < n; j += wide)
        k->code->pack(w + j, n, least(wide, n - j), depth, wide,
                      k->packed + j * depth);
}

/* convolve */
void kernel_conv(struct engine *engine, const struct conv *s,
                 const real *x, const real *w, enum matmul_start start,
                 const real *row, real *y) {
    struct job k = job_new(engine, s);
    const size_t places = conv_rows(s) * conv_cols(s);
    const size_t line = s->kernel * s->channels, depth = s->kernel * line;
    const size_t wide = strip_of(k.code, s->filters);
    k.in = x;
    k.out = y;
    k.out_size = places * s->filters;
    k.frame = image_frame(s);
    k.group = group_of(&k, places);
    make_room(&k, pieces(s->filters, wide) * wide * depth,
              pool_threads(engine->pool) * k.group * frame_size(k.frame),
              k.group * places, depth);
    clear_frames(&k);
    pack_weights(&k, depth, w);
    place_windows(&k);
    list_steps(k.step, s->kernel, line, 0, frame_line(k.frame), 1);
    k.part[0] = (struct part){{
        .rows = places, .cols = s->filters, .depth = depth,
        .place = k.place, .step = k.step,
        .strip = depth * wide, .pitch = wide, .wide = wide,
        .runs = line % RUN == 0, .start = start, .row = row,
    }, k.packed};
    pool_for(engine->pool, pieces(s->batch, k.group), convolve_group, &k);
}

/* lay a frame around an adjoint */
static size_t lead_of(const struct conv *s) {
    const size_t reach = s->padding + 1;
    return s->kernel > reach ? (s->kernel - reach) / s->stride : 0;
}

static struct frame adjoint_frame(const struct conv *s) {
    const size_t lead = lead_of(s);
    return (struct frame){
        lead + (s->height - 1 + s->padding) / s->stride + 1,
        lead + (s->width - 1 + s->padding) / s->stride + 1, lead,
        conv_rows(s), conv_cols(s), s->filters};
}

/* know what saw a class of lines */
struct class {
    size_t line, count;                 /* the first line, how many */
    size_t seen, last;                  /* by so many, the last of which */
    size_t first;                       /* line of the frame to begin at */
};

static struct class class_of(const struct conv *s, size_t line,
                             size_t lines) {
    const size_t row = line + s->padding, rest = row % s->stride;
    struct class c = {.line = line};
    if (line < lines)
        c.count = (lines - 1 - line) / s->stride + 1;
    if (rest < s->kernel) {
        c.seen = (s->kernel - 1 - rest) / s->stride + 1;
        c.last = rest + s->stride * (c.seen - 1);
        c.first = (row + s->stride * lead_of(s) - c.last) / s->stride;
    }
    return c;
}

/* turn the weights of a class */
static real *turn_weights(const struct job *k, struct class row,
                          struct class col, const real *w, real *to) {
    const struct conv *s = k->shape;
    const size_t n = s->filters, wide = strip_of(k->code, s->channels);
    for (size_t j = 0; j < s->channels; j += wide)
        for (size_t r = 0; r < row.seen; r++)
            for (size_t q = 0; q < col.seen; q++, to += n * wide) {
                const size_t at = (row.last - r * s->stride) * s->kernel +
                                  col.last - q * s->stride;
                k->code->turn(w + (at * s->channels + j) * n, n,
                              least(wide, s->channels - j), n, wide, to);
            }
    return to;
}

/* list the pixels of a class */
static struct place *place_pixels(const struct job *k, struct class row,
                                  struct class col, struct place *next) {
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

/* list a part for each class */
static void list_classes(struct job *k, const real *w,
                         enum matmul_start start, const real *bias) {
    const struct conv *s = k->shape;
    const size_t wide = strip_of(k->code, s->channels);
    real *packed = k->packed;
    struct place *place = k->place;
    size_t *step = k->step;
    for (size_t p = 0; p < k->parts; p++) {
        const struct class row = class_of(s, p / s->stride, s->height);
        const struct class col = class_of(s, p % s->stride, s->width);
        const size_t line = col.seen * s->filters, depth = row.seen * line;
        k->part[p] = (struct part){{
            .rows = row.count * col.count, .cols = s->channels,
            .depth = depth, .place = place, .step = step,
            .strip = depth * wide, .pitch = wide, .wide = wide,
            .runs = line % RUN == 0, .start = start, .row = bias,
        }, packed};
        packed = turn_weights(k, row, col, w, packed);
        place = place_pixels(k, row, col, place);
        step = list_steps(step, row.seen, line, 0, frame_line(k->frame), 1);
    }
}

/* list the weights that see a class */
static real *list_weights_seen(const struct conv *s, struct class row,
                               struct class col, const real *w, real *to) {
    const size_t n = s->filters;
    for (size_t r = 0; r < row.seen; r++)
        for (size_t q = 0; q < col.seen; q++, to += n) {
            const size_t at = (row.last - r * s->stride) * s->kernel +
                              col.last - q * s->stride;
            memcpy(to, w + at * s->channels * n, n * sizeof *to);
        }
    return to;
}

/* list the slides of each class */
enum { FEW_CHANNELS = 4 };

static size_t plane_of(struct frame f) {
    return f.rows * f.cols > 4 ? f.rows * f.cols : 4;
}

static void list_slides(struct job *k, const real *w,
                        enum matmul_start start, const real *bias) {
    const struct conv *s = k->shape;
    const size_t n = s->filters, cols = k->frame.cols;
    real *b = k->packed;
    size_t *step = k->step;
    for (size_t p = 0; p < k->parts; p++) {
        const struct class row = class_of(s, p / s->stride, s->height);
        const struct class col = class_of(s, p % s->stride, s->width);
        k->part[p] = (struct part){{
            .depth = row.seen * col.seen * n, .step = step,
            .start = start, .row = bias}, b};
        for (size_t c = 0; c < s->channels; c++)
            b = list_weights_seen(s, row, col, w + c * n, b);
        for (size_t r = 0; r < row.seen; r++)
            for (size_t q = 0; q < col.seen; q++)
                step = list_steps(step, 1, n, r * cols + q, 0,
                                  plane_of(k->frame));
    }
}

/* slide over a class */
static void slide_class(const struct job *k, size_t p, size_t channel,
                        real *image, const real *planes, real *state) {
    const struct conv *s = k->shape;
    const struct class row = class_of(s, p / s->stride, s->height);
    const struct class col = class_of(s, p % s->stride, s->width);
    const struct windows *w = &k->part[p].windows;
    const size_t cols = k->frame.cols, width = s->width * s->channels;
    const size_t next = s->stride * s->channels;
    if (row.count == 0 || col.count == 0)
        return;
    const size_t count = (row.count - 1) * cols + col.count;
    image += row.line * width + col.line * s->channels + channel;
    for (size_t i = 0; i < round_up(count, k->code->block); i++)
        state[i] = w->start == FROM_ROW ? w->row[channel] : 0;
    for (size_t i = 0; i < row.count && w->start == FROM_C; i++)
        for (size_t j = 0; j < col.count; j++)
            state[i * cols + j] = image[i * s->stride * width + j * next];
    k->code->slide(count, w->depth, w->step,
                   k->part[p].b + channel * w->depth,
                   planes + row.first * cols + col.first, state);
    for (size_t i = 0; i < row.count; i++)
        for (size_t j = 0; j < col.count; j++)
            image[i * s->stride * width + j * next] = state[i * cols + j];
}

/* slide over all images */
static void slide_image(void *context, size_t item, size_t thread) {
    const struct job *k = context;
    const size_t n = k->shape->filters, plane = plane_of(k->frame);
    real *frame = k->frames + thread * k->group;
    real *planes = frame + frame_size(k->frame);
    real *state = planes + n * plane + k->code->block;
    fill_frame(k->frame, k->in + item * image_size(k->frame), frame);
    if (n > 0)
        k->code->turn(frame, n, k->frame.rows * k->frame.cols, n, plane,
                      planes);
    for (size_t p = 0; p < k->parts; p++)
        for (size_t c = 0; c < k->shape->channels; c++)
            slide_class(k, p, c, k->out + item * k->out_size, planes,
                        state);
}

static void slide_images(struct job *k, const real *w,
                         enum matmul_start start, const real *row) {
    const struct conv *s = k->shape;
    const size_t steps = s->kernel * s->kernel * s->filters;
    const size_t threads = pool_threads(k->engine->pool);
    k->parts = s->stride * s->stride;
    k->group = round_up(frame_size(k->frame) + 2 * k->code->block +
                        (s->filters + 1) * plane_of(k->frame), 16);
    make_room(k, steps * s->channels, threads * k->group, 0, steps);
    memset(k->frames, 0, threads * k->group * sizeof(real));
    list_slides(k, w, start, row);
    pool_for(k->engine->pool, s->batch, slide_image, k);
}

/* convolve backwards */
void kernel_conv_input(struct engine *engine, const struct conv *s,
                       const real *dy, const real *w,
                       enum matmul_start start, const real *row, real *dx) {
    struct job k = job_new(engine, s);
    const size_t pixels = s->height * s->width;
    const size_t steps = s->kernel * s->kernel * s->filters;
    const size_t wide = strip_of(k.code, s->channels);
    if (pixels == 0)
        return;
    k.in = dy;
    k.out = dx;
    k.out_size = pixels * s->channels;
    k.frame = adjoint_frame(s);
    if (FEW_CHANNELS * s->channels <= k.code->width) {
        slide_images(&k, w, start, row);
        return;
    }
    k.group = group_of(&k, pixels);
    k.parts = s->stride * s->stride;
    make_room(&k, steps * pieces(s->channels, wide) * wide,
              pool_threads(engine->pool) * k.group * frame_size(k.frame),
              k.group * pixels, steps);
    clear_frames(&k);
    list_classes(&k, w, start, row);
    pool_for(engine->pool, pieces(s->batch, k.group), convolve_group, &k);
}

/* describe the product of the weights */
enum { FEW_WEIGHTS = 24 };

struct weighing {
    struct job job;
    const real *dy;
    size_t places;                      /* in an image */
    size_t rows, cols;                  /* of a piece */
    size_t interval;                    /* images between pauses */
    size_t band, first;                 /* images */
    bool packed;                        /* strips of dy are packed */
    size_t wide, strip;                 /* columns and numbers in one */
    real *dw;
};

/* list the weights */
static void list_weights(struct weighing *w) {
    struct job *k = &w->job;
    const struct conv *s = k->shape;
    const size_t across = s->kernel * s->channels, n = s->filters;
    const size_t line = frame_line(k->frame);
    size_t *next = k->step;
    for (size_t b = 0; b < w->interval; b++)
        next = list_steps(next, conv_rows(s), conv_cols(s),
                          b * frame_size(k->frame), s->stride * line,
                          s->stride * s->channels);
    list_places(k->place, s->kernel, across, (struct place){0, 0},
                (struct place){line, across * n}, (struct place){1, n});
    k->part[0].windows = (struct windows){
        .rows = s->kernel * across, .place = k->place, .step = k->step,
        .start = FROM_C};
}

/* prepare an interval of images */
static const real *prepare(const struct weighing *w, size_t first,
                           size_t images, size_t col, size_t cols,
                           real *frames, real *strips) {
    const struct job *k = &w->job;
    const size_t n = k->shape->filters, wide = w->wide;
    const real *dy = w->dy + first * w->places * n + col;
    for (size_t b = 0; b < images; b++)
        fill_frame(k->frame, k->in + (first + b) * image_size(k->frame),
                   frames + b * frame_size(k->frame));
    if (!w->packed)
        return dy;
    for (size_t j = 0; j < cols; j += wide)
        k->code->pack(dy + j, n, least(wide, cols - j), images * w->places,
                      wide, strips + j / wide * w->strip);
    return strips;
}

/* ask for the next images */
static void ask_for_images(const struct weighing *w, struct windows *part,
                           size_t next, size_t col) {
    const struct job *k = &w->job;
    const size_t n = k->shape->filters;
    const size_t images = least(w->interval, k->shape->batch - next);
    const real *dy = w->dy + next * w->places * n + col;
    ask_ahead(k->code, part, 0, dy, images * w->places * n);
    ask_ahead(k->code, part, 1, k->in + next * image_size(k->frame),
              images * image_size(k->frame));
    if (part->rows <= FEW_WEIGHTS)
        part->ahead[0].row = part->ahead[1].row = 0;
    if (part->rows <= FEW_WEIGHTS)
        part->ahead[0].step = n * sizeof *dy;
}

/* work on a piece of the weights */
static void weigh_piece(void *context, size_t item, size_t thread) {
    const struct weighing *w = context;
    const struct job *k = &w->job;
    const size_t n = k->shape->filters, across = pieces(n, w->cols);
    const size_t row = item / across * w->rows;
    const size_t col = item % across * w->cols;
    const size_t end = least(w->first + w->band, k->shape->batch);
    real *frames =
        k->frames + thread * w->interval * frame_size(k->frame);
    real *strips = k->packed +
        thread * pieces(w->cols, w->wide) * w->strip;
    struct windows part = k->part[0].windows;
    part.place += row;
    part.rows = least(w->rows, part.rows - row);
    part.cols = least(w->cols, n - col);
    part.strip = w->packed ? w->strip : w->wide;
    part.pitch = w->packed ? w->wide : n;
    part.wide = w->wide;
    for (size_t b = w->first; b < end; b += w->interval) {
        const size_t images = least(w->interval, end - b);
        const real *dy =
            prepare(w, b, images, col, part.cols, frames, strips);
        part.depth = images * w->places;
        ask_for_images(w, &part, least(b + images, k->shape->batch), col);
        k->code->advance(&part, frames, dy, w->dw + col);
    }
}

/* choose bands and pieces */
enum { BANDS = 2 };

static void divide_weights(struct weighing *w, size_t rows) {
    const struct job *k = &w->job;
    const struct isa_conv *code = k->code;
    const size_t threads = pool_threads(k->engine->pool);
    const size_t n = k->shape->filters, share = pieces(n, threads);
    const bool thin = rows <= FEW_WEIGHTS && share <= code->width;
    w->wide = strip_of(code, n);
    w->cols = round_up(share, thin ? code->width : w->wide);
    const size_t across = at_least_one(pieces(n, w->cols));
    const size_t high =
        w->wide > code->tile_cols ? code->wide_rows : code->tile_rows;
    w->rows = round_up(pieces(rows, pieces(threads, across)), high);
    w->interval = at_least_one(
        code->depth * code->tile_cols / w->wide / w->places);
    w->band = k->shape->batch;
    if (threads > 1)
        w->band = round_up(pieces(w->band, BANDS), w->interval);
    w->packed = (rows > FEW_WEIGHTS && n > w->wide) || n % w->cols > 0;
    w->strip = w->packed ? w->interval * w->places * w->wide : 0;
}

/* convolve for the weights */
void kernel_conv_weights(struct engine *engine, const struct conv *s,
                         const real *x, const real *dy, real *dw) {
    struct weighing w = {.job = job_new(engine, s), .dy = dy, .dw = dw};
    struct job *k = &w.job;
    const size_t rows = s->kernel * s->kernel * s->channels;
    const size_t threads = pool_threads(engine->pool);
    k->in = x;
    k->frame = image_frame(s);
    w.places = conv_rows(s) * conv_cols(s);
    divide_weights(&w, rows);
    const size_t strips = pieces(w.cols, w.wide) * w.strip;
    k->group = w.interval;
    make_room(k, threads * strips,
              threads * w.interval * frame_size(k->frame), rows,
              w.interval * w.places);
    clear_frames(k);
    list_weights(&w);
    const size_t items =
        pieces(rows, w.rows) * pieces(s->filters, w.cols);
    for (; w.first < s->batch; w.first += w.band)
        pool_for(engine->pool, items, weigh_piece, &w);
}

/* add up for the bias */
struct bias_work {
    const struct isa_conv *code;
    size_t pixels, channels, share;
    const real *dy;
    real *db;
};

static void add_channels(void *context, size_t item, size_t thread) {
    const struct bias_work *w = context;
    const size_t first = item * w->share;
    (void)thread;
    w->code->bias(w->pixels, w->channels,
                  least(w->share, w->channels - first), w->dy + first,
                  w->db + first);
}

void kernel_conv_bias(struct engine *engine, size_t pixels, size_t channels,
                      const real *dy, real *db) {
    const size_t threads = pool_threads(engine->pool);
    const struct isa_conv *code = engine->isa->conv;
    struct bias_work w = {
        code, pixels, channels,
        round_up(pieces(channels, threads), code->width), dy, db};
    pool_for(engine->pool, pieces(channels, w.share), add_channels, &w);
}
