/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_GRADIENTS_H
#define FOUNDATIONS_GRADIENTS_H

#include <stdio.h>
#include "00-foundations/gradcheck.h"

/* An operation of some inputs, for checking. */
struct gradient_case {
    const char *operation;
    struct node *(*apply)(struct tape *t, struct node *const in[]);
    size_t inputs;
    struct parameter_spec input[NODE_MAX_INPUTS];
    bool positive;                  /* inputs in (1/4, 5/4), not +- that */
};

/* The error of check_gradient at inputs drawn by the seed. */
double gradient_error(struct engine *engine, const struct gradient_case *c,
                      uint64_t seed);

/* A line for each; returns how many exceed 1e-7. */
size_t gradients_print(FILE *out, struct engine *engine, size_t count,
                       const struct gradient_case cases[]);

/* those of this chapter */
extern const struct gradient_case foundations_gradients[];
extern const size_t foundations_gradient_count;

#endif
