/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/tensor.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "workshop/fail.h"

/* count the elements of a shape */
static size_t shape_product(size_t rank, const size_t shape[]) {
    size_t product = 1;
    for (size_t i = 0; i < rank; i++) {
        if (shape[i] != 0 && product > SIZE_MAX / sizeof(real) / shape[i])
            die("tensor: a shape with too many elements");
        product *= shape[i];
    }
    return product;
}

size_t tensor_size(const struct tensor *t) {
    return shape_product(t->rank, t->shape);
}

size_t tensor_row_size(const struct tensor *t) {
    return t->rank == 0 ? 1 : shape_product(t->rank - 1, t->shape + 1);
}
/* take a tensor from an arena */
struct tensor tensor_raw(struct arena *arena, size_t rank,
                         const size_t shape[]) {
    struct tensor t = {.rank = rank};
    if (rank > TENSOR_MAX_RANK)
        die("tensor: rank %zu, at most %d", rank, TENSOR_MAX_RANK);
    if (rank > 0)
        memcpy(t.shape, shape, rank * sizeof *shape);
    t.data = arena_alloc_raw(arena, tensor_size(&t), sizeof *t.data);
    return t;
}

struct tensor tensor_like(struct arena *arena, const struct tensor *t) {
    return tensor_raw(arena, t->rank, t->shape);
}

struct tensor tensor_new(struct arena *arena, size_t rank,
                         const size_t shape[]) {
    struct tensor t = tensor_raw(arena, rank, shape);
    memset(t.data, 0, tensor_size(&t) * sizeof *t.data);
    return t;
}
struct tensor tensor_new1(struct arena *arena, size_t n) {
    return tensor_new(arena, 1, (size_t[]){n});
}

struct tensor tensor_new2(struct arena *arena, size_t rows, size_t cols) {
    return tensor_new(arena, 2, (size_t[]){rows, cols});
}
/* view memory as a tensor */
struct tensor tensor_view2(real *data, size_t rows, size_t cols) {
    return (struct tensor){.rank = 2, .shape = {rows, cols}, .data = data};
}

/* view rows of a tensor */
struct tensor tensor_rows(struct tensor t, size_t first, size_t count) {
    if (t.rank == 0 || first > t.shape[0] || count > t.shape[0] - first) {
        char text[TENSOR_TEXT];
        die("tensor_rows: rows %zu to %zu of %s", first, first + count,
            tensor_shape_text(&t, text));
    }
    t.data += first * tensor_row_size(&t);
    t.shape[0] = count;
    return t;
}
/* compare and print shapes */
bool tensor_same_shape(const struct tensor *a, const struct tensor *b) {
    return a->rank == b->rank &&
           memcmp(a->shape, b->shape, a->rank * sizeof a->shape[0]) == 0;
}

const char *tensor_shape_text(const struct tensor *t,
                              char text[TENSOR_TEXT]) {
    size_t at = 0;
    for (size_t i = 0; i < t->rank; i++)
        at += (size_t)snprintf(text + at, TENSOR_TEXT - at, "%s%zu",
                               i == 0 ? "[" : ", ", t->shape[i]);
    snprintf(text + at, TENSOR_TEXT - at, t->rank == 0 ? "[]" : "]");
    return text;
}
