/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/convolution.h"

/* look at the framed image */
static real look(const struct conv *s, const real *x, size_t row,
                 size_t col, size_t c) {
    const size_t p = s->padding;
    if (row < p || row >= p + s->height || col < p || col >= p + s->width)
        return 0;
    return x[((row - p) * s->width + col - p) * s->channels + c];
}
/* advance the chains of one place */
static void convolve(const struct conv *s, const real *x, const real *w,
                     size_t i, size_t j, real *restrict y) {
    for (size_t r = 0; r < s->kernel; r++)
        for (size_t q = 0; q < s->kernel; q++)
            for (size_t c = 0; c < s->channels; c++, w += s->filters) {
                const real seen = look(s, x, i * s->stride + r,
                                       j * s->stride + q, c);
                for (size_t f = 0; f < s->filters; f++)
                    y[f] = fma_real(seen, w[f], y[f]);
            }
}
/* look at the place that saw a pixel */
static bool saw(const struct conv *s, size_t row, size_t r) {
    return (row > r ? row - r : r - row) % s->stride == 0;
}

static real look_back(const struct conv *s, const real *dy, size_t row,
                      size_t r, size_t col, size_t q, size_t f) {
    const size_t cols = conv_cols(s);
    if (row < r || col < q)
        return 0;
    const size_t i = (row - r) / s->stride, j = (col - q) / s->stride;
    if (i >= conv_rows(s) || j >= cols)
        return 0;
    return dy[(i * cols + j) * s->filters + f];
}
/* advance the chains of one pixel */
static void gather(const struct conv *s, const real *dy, const real *w,
                   size_t row, size_t col, real *restrict dx) {
    for (size_t r = s->kernel; r-- > 0;)
        for (size_t q = s->kernel; q-- > 0;) {
            if (!saw(s, row, r) || !saw(s, col, q))
                continue;
            const real *to =
                w + (r * s->kernel + q) * s->channels * s->filters;
            for (size_t f = 0; f < s->filters; f++) {
                const real adjoint = look_back(s, dy, row, r, col, q, f);
                for (size_t c = 0; c < s->channels; c++)
                    dx[c] = fma_real(adjoint, to[c * s->filters + f],
                                     dx[c]);
            }
        }
}
/* share the images among threads */
struct conv_work {
    const struct conv *shape;
    const real *in, *w;
    enum matmul_start start;
    const real *row;
    real *out;
};

static void begin(const struct conv_work *k, size_t n, real *out) {
    for (size_t j = 0; j < n && k->start != FROM_C; j++)
        out[j] = k->start == FROM_ROW ? k->row[j] : 0;
}
static void convolve_image(void *context, size_t item, size_t thread) {
    const struct conv_work *k = context;
    const struct conv *s = k->shape;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    const real *x = k->in + item * s->height * s->width * s->channels;
    real *y = k->out + item * rows * cols * s->filters;
    (void)thread;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++, y += s->filters) {
            begin(k, s->filters, y);
            convolve(s, x, k->w, i, j, y);
        }
}
static void gather_image(void *context, size_t item, size_t thread) {
    const struct conv_work *k = context;
    const struct conv *s = k->shape;
    const real *dy =
        k->in + item * conv_rows(s) * conv_cols(s) * s->filters;
    real *dx = k->out + item * s->height * s->width * s->channels;
    (void)thread;
    for (size_t m = 0; m < s->height; m++)
        for (size_t n = 0; n < s->width; n++, dx += s->channels) {
            begin(k, s->channels, dx);
            gather(s, dy, k->w, m + s->padding, n + s->padding, dx);
        }
}
/* share the weights among threads */
static void weigh_row(void *context, size_t item, size_t thread) {
    const struct conv_work *k = context;
    const struct conv *s = k->shape;
    const size_t rows = conv_rows(s), cols = conv_cols(s);
    const size_t c = item % s->channels, tap = item / s->channels;
    const size_t r = tap / s->kernel, q = tap % s->kernel;
    const real *x = k->in, *dy = k->w;
    real *restrict dw = k->out + item * s->filters;
    (void)thread;
    for (size_t b = 0; b < s->batch; b++) {
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++, dy += s->filters) {
                const real seen = look(s, x, i * s->stride + r,
                                       j * s->stride + q, c);
                for (size_t f = 0; f < s->filters; f++)
                    dw[f] = fma_real(seen, dy[f], dw[f]);
            }
        x += s->height * s->width * s->channels;
    }
}
/* call the convolutions */
void kernel_conv(struct engine *engine, const struct conv *shape,
                 const real *x, const real *w, enum matmul_start start,
                 const real *row, real *y) {
    struct conv_work k = {shape, x, w, start, row, y};
    pool_for(engine_pool(engine), shape->batch, convolve_image, &k);
}

void kernel_conv_input(struct engine *engine, const struct conv *shape,
                       const real *dy, const real *w,
                       enum matmul_start start, const real *row, real *dx) {
    struct conv_work k = {shape, dy, w, start, row, dx};
    pool_for(engine_pool(engine), shape->batch, gather_image, &k);
}

void kernel_conv_weights(struct engine *engine, const struct conv *shape,
                         const real *x, const real *dy, real *dw) {
    struct conv_work k = {.shape = shape, .in = x, .w = dy, .out = dw};
    pool_for(engine_pool(engine),
             shape->kernel * shape->kernel * shape->channels, weigh_row,
             &k);
}

void kernel_conv_bias(struct engine *engine, size_t pixels, size_t channels,
                      const real *dy, real *db) {
    (void)engine;
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < channels; c++)
            db[c] += dy[i * channels + c];
}
