/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "00-foundations/convolution.h"

#include <string.h>
#include "performance/engine.h"

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* count pieces */
static size_t at_least_one(size_t n) { return n > 0 ? n : 1; }

static size_t pieces(size_t of, size_t size) {
    return (of + size - 1) / size;
}

static size_t round_up(size_t n, size_t unit) {
    return at_least_one(pieces(n, unit)) * unit;
}

/* put an image into its frame */
struct frame {
    size_t rows, cols, lead;
    size_t height, width, channels;     /* of the image */
};

static size_t frame_line(struct frame f) { return f.cols * f.channels; }
static size_t frame_size(struct frame f) { return f.rows * frame_line(f); }
static size_t image_size(struct frame f) {
    return f.height * f.width * f.channels;
}

static void fill_frame(struct frame f, const real *image, real *to) {
    const size_t rows = least(f.height, f.rows - f.lead);
    const size_t width = least(f.width, f.cols - f.lead) * f.channels;
    to += f.lead * (frame_line(f) + f.channels);
    for (size_t i = 0; i < rows; i++)
        memcpy(to + i * frame_line(f), image + i * f.width * f.channels,
               width * sizeof *to);
}
/* describe a convolution under way */
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
    struct product *part;               /* rows: those of one image */
    struct place *place;
    size_t *step;
    real *packed;                       /* the right factors */
    real *own;                          /* of each thread: frames first */
    size_t own_size;
};

static struct job job_new(struct engine *engine, const struct conv *s,
                          const real *in, real *out) {
    return (struct job){.engine = engine, .code = engine->isa->conv,
                        .shape = s, .in = in, .out = out, .parts = 1};
}
/* make room for a convolution */
static size_t lines_of(size_t bytes) {
    return (bytes + 63) / 64 * (64 / sizeof(real));
}

static void make_room(struct job *k, size_t packed, size_t own,
                      size_t places, size_t steps) {
    const size_t threads = pool_threads(k->engine->pool);
    const size_t b = lines_of(packed * sizeof(real));
    const size_t l = lines_of(places * sizeof *k->place);
    const size_t n = lines_of(steps * sizeof *k->step);
    k->own_size = lines_of(own * sizeof(real));
    k->packed = engine_room(k->engine, b + threads * k->own_size + l + n +
                            lines_of(k->parts * sizeof *k->part));
    k->own = k->packed + b;
    real *const lists = k->own + threads * k->own_size;
    k->place = (struct place *)(void *)lists;
    k->step = (size_t *)(void *)(lists + l);
    k->part = (struct product *)(void *)(lists + l + n);
    memset(k->own, 0, threads * k->own_size * sizeof(real));
}
/* list places and steps */
struct axis { size_t count, from, to; };

static struct place *list_places(struct place *next, struct place first,
                                 struct axis a, struct axis b,
                                 struct axis c) {
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            for (size_t k = 0; k < c.count; k++)
                *next++ = (struct place){
                    first.from + i * a.from + j * b.from + k * c.from,
                    first.to + i * a.to + j * b.to + k * c.to};
    return next;
}

static size_t *list_steps(size_t *next, struct axis a, struct axis b,
                          struct axis c) {
    for (size_t i = 0; i < a.count; i++)
        for (size_t j = 0; j < b.count; j++)
            for (size_t k = 0; k < c.count; k++)
                *next++ = i * a.from + j * b.from + k * c.from;
    return next;
}
/* choose the width of strips */
static size_t strip_of(const struct isa_conv *code, size_t cols) {
    return cols % code->wide_cols == 0 ? code->wide_cols : code->tile_cols;
}

static size_t rows_of(const struct isa_conv *code, size_t strip_cols) {
    return strip_cols > code->tile_cols ? code->wide_rows : code->tile_rows;
}
/* advance the chains of a part */
static size_t interval_of(const struct isa_conv *code, size_t depth) {
    const size_t intervals = at_least_one(pieces(depth, code->depth));
    return round_up(pieces(depth, intervals), RUN);
}

static void advance_part(const struct isa_conv *code, struct product w) {
    const size_t depth = w.depth, interval = interval_of(code, depth);
    size_t p = 0;
    do {
        w.depth = least(interval, depth - p);
        code->advance(&w);
        w.start = FROM_C;
        w.step += w.depth;
        w.b += w.depth * w.pitch;
        p += w.depth;
    } while (p < depth);
}
/* ask for numbers ahead */
static void ask_ahead(struct product *w, size_t half, const real *of,
                      size_t at, size_t numbers) {
    const size_t rows = w->rows / 2 * pieces(w->cols, w->strip_cols);
    w->ahead[half].from = (uintptr_t)of + at * sizeof *of;
    w->ahead[half].row = numbers * sizeof *of / at_least_one(rows);
}
static void ask_for_group(const struct job *k, size_t part, size_t first,
                          struct product *w) {
    const size_t ahead = k->group * pool_threads(k->engine->pool);
    const size_t next = least(first + ahead, k->shape->batch);
    const size_t images = least(k->group, k->shape->batch - next);
    const size_t size = image_size(k->frame);
    const size_t share = images * size / k->parts / 2;
    for (size_t half = 0; half < 2; half++)
        ask_ahead(w, half, k->in,
                  next * size + (2 * part + half) * share, share);
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
/* work on a group of images */
static real *fill_frames(const struct job *k, size_t first, size_t images,
                         size_t thread) {
    real *frames = k->own + thread * k->own_size;
    for (size_t b = 0; b < images; b++)
        fill_frame(k->frame, k->in + (first + b) * image_size(k->frame),
                   frames + b * frame_size(k->frame));
    return frames;
}

static void convolve_group(void *context, size_t item, size_t thread) {
    const struct job *k = context;
    const size_t first = item * k->group;
    const size_t images = least(k->group, k->shape->batch - first);
    const real *frames = fill_frames(k, first, images, thread);
    for (size_t p = 0; p < k->parts; p++) {
        struct product w = k->part[p];
        w.rows *= images;
        w.from = frames;
        w.to = k->out + first * k->out_size;
        ask_for_group(k, p, first, &w);
        advance_part(k->code, w);
    }
}
/* lay a frame around an image */
static struct frame image_frame(const struct conv *s) {
    return (struct frame){
        s->height + 2 * s->padding, s->width + 2 * s->padding, s->padding,
        s->height, s->width, s->channels};
}
/* pack strips */
static void pack_strips(const struct isa_conv *code, const real *from,
                        size_t stride, struct product *w, real *to) {
    const size_t wide = w->strip_cols;
    w->b = to;
    w->pitch = wide;
    w->strip = w->depth * wide;
    for (size_t j = 0; j < w->cols; j += wide, to += w->strip)
        code->pack(from + j, stride, least(wide, w->cols - j), w->depth,
                   wide, to);
}
/* list the windows of a group */
static void list_windows(const struct job *k) {
    const struct conv *s = k->shape;
    const size_t line = frame_line(k->frame), n = s->filters;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    list_places(k->place, (struct place){0, 0},
                (struct axis){k->group, frame_size(k->frame), k->out_size},
                (struct axis){rows, s->stride * line, cols * n},
                (struct axis){cols, s->stride * s->channels, n});
    list_steps(k->step, (struct axis){.count = 1},
               (struct axis){s->kernel, line, 0},
               (struct axis){s->kernel * s->channels, 1, 0});
}
/* convolve */
void kernel_conv(struct engine *engine, const struct conv *s,
                 const real *x, const real *w, enum matmul_start start,
                 const real *row, real *y) {
    struct job k = job_new(engine, s, x, y);
    const size_t places = conv_rows(s) * conv_cols(s), n = s->filters;
    const size_t line = s->kernel * s->channels, depth = s->kernel * line;
    const size_t wide = strip_of(k.code, n);
    k.out_size = places * n;
    k.frame = image_frame(s);
    k.group = group_of(&k, places);
    make_room(&k, round_up(n, wide) * depth, k.group * frame_size(k.frame),
              k.group * places, depth);
    k.part[0] = (struct product){
        .rows = places, .cols = n, .depth = depth, .place = k.place,
        .step = k.step, .strip_cols = wide, .runs = line % RUN == 0,
        .start = start, .row = row};
    pack_strips(k.code, w, n, &k.part[0], k.packed);
    list_windows(&k);
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
                          struct class col, size_t wide, const real *w,
                          real *to) {
    const struct conv *s = k->shape;
    const size_t n = s->filters;
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
/* say how a frame is laid out */
struct layout { size_t line, place, filter; };  /* from each to the next */

static struct layout by_places(struct frame f) {
    return (struct layout){frame_line(f), f.channels, 1};
}
enum { LEAST_PITCH = 4 };               /* of a strip that is turned */

static size_t plane_of(struct frame f) {
    const size_t places = f.rows * f.cols;
    return places > LEAST_PITCH ? places : LEAST_PITCH;
}

static struct layout by_planes(struct frame f) {
    return (struct layout){f.cols, 1, plane_of(f)};
}
/* list a part for each class */
static struct place *place_pixels(const struct job *k, struct class row,
                                  struct class col, struct layout by,
                                  struct place *next) {
    const struct conv *s = k->shape;
    const size_t pixel = s->channels, width = s->width * pixel;
    return list_places(
        next,
        (struct place){row.first * by.line + col.first * by.place,
                       row.line * width + col.line * pixel},
        (struct axis){k->group, frame_size(k->frame), k->out_size},
        (struct axis){row.count, by.line, s->stride * width},
        (struct axis){col.count, by.place, s->stride * pixel});
}

static void list_classes(struct job *k, size_t wide, struct layout by,
                         const real *w, enum matmul_start start,
                         const real *bias) {
    const struct conv *s = k->shape;
    const size_t n = s->filters;
    real *packed = k->packed;
    struct place *place = k->place;
    size_t *step = k->step;
    for (size_t p = 0; p < k->parts; p++) {
        const struct class row = class_of(s, p / s->stride, s->height);
        const struct class col = class_of(s, p % s->stride, s->width);
        const size_t depth = row.seen * col.seen * n;
        k->part[p] = (struct product){
            .rows = row.count * col.count, .cols = s->channels,
            .depth = depth, .b = packed, .place = place, .step = step,
            .strip_cols = wide, .strip = depth * wide, .pitch = wide,
            .runs = col.seen * n % RUN == 0, .start = start, .row = bias};
        packed = turn_weights(k, row, col, wide, w, packed);
        place = place_pixels(k, row, col, by, place);
        step = list_steps(step, (struct axis){row.seen, by.line, 0},
                          (struct axis){col.seen, by.place, 0},
                          (struct axis){n, by.filter, 0});
    }
}
/* slide over a class */
static void slide_class(const struct job *k, struct product w,
                        size_t channel, real *image, real *state) {
    if (w.rows == 0)
        return;
    const size_t first = w.place[0].from;
    const size_t count = w.place[w.rows - 1].from - first + 1;
    const real begin = w.start == FROM_ROW ? w.row[channel] : 0;
    image += channel;
    for (size_t i = 0; i < round_up(count, k->code->block); i++)
        state[i] = begin;
    for (size_t i = 0; i < w.rows && w.start == FROM_C; i++)
        state[w.place[i].from - first] = image[w.place[i].to];
    w.from += first;
    w.b += channel;
    k->code->slide(&w, count, state);
    for (size_t i = 0; i < w.rows; i++)
        image[w.place[i].to] = state[w.place[i].from - first];
}
/* slide over an image */
static size_t slide_room(const struct job *k) {
    return frame_size(k->frame) + 2 * k->code->block +
           (k->shape->filters + 1) * plane_of(k->frame);
}

static void slide_image(void *context, size_t item, size_t thread) {
    const struct job *k = context;
    const size_t n = k->shape->filters, plane = plane_of(k->frame);
    const real *frame = fill_frames(k, item, 1, thread);
    real *planes = k->own + thread * k->own_size + frame_size(k->frame);
    real *state = planes + n * plane + k->code->block;
    const size_t places = k->frame.rows * k->frame.cols;
    k->code->turn(frame, n, places, n, plane, planes);
    for (size_t p = 0; p < k->parts; p++)
        for (size_t c = 0; c < k->shape->channels; c++) {
            struct product w = k->part[p];
            w.from = planes;
            slide_class(k, w, c, k->out + item * k->out_size, state);
        }
}
/* convolve backwards */
void kernel_conv_input(struct engine *engine, const struct conv *s,
                       const real *dy, const real *w,
                       enum matmul_start start, const real *row, real *dx) {
    struct job k = job_new(engine, s, dy, dx);
    const size_t pixels = s->height * s->width, c = s->channels;
    const size_t steps = s->kernel * s->kernel * s->filters;
    const bool few = 4 * c <= k.code->width;
    const size_t wide = few ? LEAST_PITCH : strip_of(k.code, c);
    if (pixels == 0)
        return;
    k.out_size = pixels * c;
    k.frame = adjoint_frame(s);
    k.group = few ? 1 : group_of(&k, pixels);
    k.parts = s->stride * s->stride;
    make_room(&k, steps * round_up(c, wide),
              few ? slide_room(&k) : k.group * frame_size(k.frame),
              k.group * pixels, steps);
    list_classes(&k, wide, few ? by_planes(k.frame) : by_places(k.frame), w,
                 start, row);
    pool_for(engine->pool, pieces(s->batch, k.group),
             few ? slide_image : convolve_group, &k);
}
/* describe the product of the weights */
enum { FEW_WEIGHTS = 24, BANDS = 2 };

struct weighing {
    struct job job;
    const real *dy;
    size_t places;                      /* in an image */
    size_t rows, cols;                  /* of a piece */
    size_t band, first;                 /* images */
    size_t packed_size;                 /* for each thread; 0: in place */
};
/* list the weights */
static void list_weights(const struct weighing *w, size_t wide) {
    const struct job *k = &w->job;
    const struct conv *s = k->shape;
    const size_t across = s->kernel * s->channels, n = s->filters;
    const size_t line = frame_line(k->frame);
    list_steps(k->step, (struct axis){k->group, frame_size(k->frame), 0},
               (struct axis){conv_rows(s), s->stride * line, 0},
               (struct axis){conv_cols(s), s->stride * s->channels, 0});
    list_places(k->place, (struct place){0, 0}, (struct axis){.count = 1},
                (struct axis){s->kernel, line, across * n},
                (struct axis){across, 1, n});
    k->part[0] = (struct product){
        .rows = s->kernel * across, .place = k->place, .step = k->step,
        .strip_cols = wide, .strip = wide, .pitch = n, .start = FROM_C};
}
/* ask for the next images */
static void ask_for_images(const struct weighing *w, size_t next,
                           size_t col, struct product *part) {
    const struct job *k = &w->job;
    const size_t n = k->shape->filters, size = image_size(k->frame);
    const size_t images = least(k->group, k->shape->batch - next);
    ask_ahead(part, 0, w->dy, next * w->places * n + col,
              images * w->places * n);
    ask_ahead(part, 1, k->in, next * size, images * size);
}
/* work on a piece of the weights */
static void weigh_piece(void *context, size_t item, size_t thread) {
    const struct weighing *w = context;
    const struct job *k = &w->job;
    const size_t n = k->shape->filters, across = pieces(n, w->cols);
    const size_t row = item / across * w->rows;
    const size_t col = item % across * w->cols;
    const size_t end = least(w->first + w->band, k->shape->batch);
    struct product part = k->part[0];
    part.place += row;
    part.rows = least(w->rows, part.rows - row);
    part.cols = least(w->cols, n - col);
    part.to = k->out + col;
    for (size_t b = w->first; b < end; b += k->group) {
        const size_t images = least(k->group, end - b);
        const real *dy = w->dy + b * w->places * n + col;
        part.depth = images * w->places;
        part.from = fill_frames(k, b, images, thread);
        part.b = dy;
        if (w->packed_size > 0)
            pack_strips(k->code, dy, n, &part,
                        k->packed + thread * w->packed_size);
        ask_for_images(w, b + images, col, &part);
        k->code->advance(&part);
    }
}
/* choose bands and pieces */
static size_t divide_weights(struct weighing *w, size_t rows) {
    struct job *k = &w->job;
    const struct isa_conv *code = k->code;
    const size_t threads = pool_threads(k->engine->pool);
    const size_t n = k->shape->filters, share = pieces(n, threads);
    const size_t wide = strip_of(code, n);
    const bool thin = rows <= FEW_WEIGHTS && share <= code->width;
    w->cols = round_up(share, thin ? code->width : wide);
    const size_t across = at_least_one(pieces(n, w->cols));
    w->rows = round_up(pieces(rows, pieces(threads, across)),
                       rows_of(code, wide));
    k->group =
        at_least_one(code->depth * code->tile_cols / wide / w->places);
    w->band = k->shape->batch;
    if (threads > 1)
        w->band = round_up(pieces(w->band, BANDS), k->group);
    if ((rows > FEW_WEIGHTS && n > wide) || n % w->cols > 0)
        w->packed_size = round_up(w->cols, wide) * k->group * w->places;
    return wide;
}
/* convolve for the weights */
void kernel_conv_weights(struct engine *engine, const struct conv *s,
                         const real *x, const real *dy, real *dw) {
    struct weighing w = {.job = job_new(engine, s, x, dw), .dy = dy};
    struct job *k = &w.job;
    const size_t rows = s->kernel * s->kernel * s->channels;
    k->frame = image_frame(s);
    w.places = conv_rows(s) * conv_cols(s);
    const size_t wide = divide_weights(&w, rows);
    make_room(k, pool_threads(engine->pool) * w.packed_size,
              k->group * frame_size(k->frame), rows, k->group * w.places);
    list_weights(&w, wide);
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
