/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_TENSOR_H
#define FOUNDATIONS_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include "00-foundations/arena.h"
#include "00-foundations/real.h"

enum { TENSOR_MAX_RANK = 4, TENSOR_TEXT = 96 };

/* a tensor is a shape and a pointer */
/* A dense array in row-major order. A tensor does not own its data; the
   arena it came from does, and copies of the struct share the data. */
struct tensor {
    size_t rank, shape[TENSOR_MAX_RANK];
    real *data;
};

/* make tensors */
/* Zero-filled, from the arena; dies when the size overflows. */
struct tensor tensor_new(struct arena *arena, size_t rank,
                         const size_t shape[]);
struct tensor tensor_new1(struct arena *arena, size_t n);
struct tensor tensor_new2(struct arena *arena, size_t rows, size_t cols);

/* Elements with any content; the second takes the shape of t. */
struct tensor tensor_raw(struct arena *arena, size_t rank,
                         const size_t shape[]);
struct tensor tensor_like(struct arena *arena, const struct tensor *t);

/* A tensor over memory that somebody else owns. */
struct tensor tensor_view2(real *data, size_t rows, size_t cols);

/* count rows (slices along the first axis) from row first on: a view */
struct tensor tensor_rows(struct tensor t, size_t first, size_t count);
/* look at tensors */
size_t tensor_size(const struct tensor *t);          /* elements */
size_t tensor_row_size(const struct tensor *t);      /* elements a row */
bool tensor_same_shape(const struct tensor *a, const struct tensor *b);

/* Writes "[128, 784]" and returns text. */
const char *tensor_shape_text(const struct tensor *t,
                              char text[TENSOR_TEXT]);

#endif
