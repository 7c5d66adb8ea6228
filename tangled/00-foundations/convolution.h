/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_CONVOLUTION_H
#define FOUNDATIONS_CONVOLUTION_H

#include "00-foundations/kernels.h"
#include "workshop/fail.h"

/* x[batch, height, width, channels] is seen through windows
   w[kernel, kernel, channels, filters], stride pixels apart, padding zeros
   all around; y[batch, conv_rows, conv_cols, filters]. */
struct conv {
    size_t batch, height, width, channels;
    size_t filters, kernel, stride, padding;
};

/* count the places of a window */
static inline size_t conv_places(const struct conv *shape, size_t pixels) {
    const size_t framed = pixels + 2 * shape->padding;
    if (shape->stride == 0 || shape->kernel == 0 || framed < shape->kernel)
        die("conv: kernel %zu, stride %zu on %zu pixels, padding %zu",
            shape->kernel, shape->stride, pixels, shape->padding);
    return (framed - shape->kernel) / shape->stride + 1;
}

static inline size_t conv_rows(const struct conv *shape) {
    return conv_places(shape, shape->height);
}

static inline size_t conv_cols(const struct conv *shape) {
    return conv_places(shape, shape->width);
}

/* declare the three products of a convolution */
/* y = start + what the windows see: a chain through a window's rows, its
   columns and channels. Starts as a product does, at 0, y or
   row[filters]. */
void kernel_conv(struct engine *engine, const struct conv *shape,
                 const real *x, const real *w, enum matmul_start start,
                 const real *row, real *y);
/* dx = start + what comes back to a pixel from the places that saw it: a
   chain through their rows, columns and filters. This is the transposed
   convolution of dy. Starts at 0, dx or row[channels]. */
void kernel_conv_input(struct engine *engine, const struct conv *shape,
                       const real *dy, const real *w,
                       enum matmul_start start, const real *row, real *dx);
/* dw = dw + what each weight met: a chain through batch, rows, columns */
void kernel_conv_weights(struct engine *engine, const struct conv *shape,
                         const real *x, const real *dy, real *dw);
/* db[channels] += dy[pixels, channels], pixel by pixel */
void kernel_conv_bias(struct engine *engine, size_t pixels, size_t channels,
                      const real *dy, real *db);

#endif
