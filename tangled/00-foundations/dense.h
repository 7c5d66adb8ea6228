/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_DENSE_H
#define FOUNDATIONS_DENSE_H

#include "00-foundations/ops.h"

/* A layer x w + b; w is [in, out], b is [out]. */
struct dense { struct parameter *w, *b; };

/* The layer's two rows in a table of struct parameter_spec, and the layer
   made of the parameters at index and index + 1. */
#define DENSE_SPEC(name, in, out) \
    {name ".weight", 2, {(in), (out)}}, {name ".bias", 1, {(out)}}
struct dense dense_at(struct parameters *ps, size_t index);

/* x[batch, in] -> [batch, out] */
#define dense_forward(t, layer, x) dense_forward_at(TAPE_HERE(t), layer, x)
struct node *dense_forward_at(struct tape *t, const struct dense *layer,
                              struct node *x);

#endif
