/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_TAPE_H
#define FOUNDATIONS_TAPE_H

#include <stdbool.h>
#include "00-foundations/kernels.h"
#include "00-foundations/parameters.h"
#include "00-foundations/tensor.h"

enum { NODE_MAX_INPUTS = 4 };

/* Records what is computed, so that tape_backward can walk it in reverse.
   Nodes and their tensors live in the step arena until tape_reset. */
struct tape;

/* a node remembers one operation */
struct node {
    struct tensor value, grad;      /* of results: NULL until backward */
    struct node *input[NODE_MAX_INPUTS];
    size_t inputs;
    /* adds to the grad of each input that needs one; NULL at a leaf */
    void (*backward)(struct tape *tape, struct node *node);
    void *context;                  /* the operation's own, in the arena */
    bool needs_grad;
    bool starts;                    /* backward asks for adjoint_start */
    bool *blank, own_blank;         /* nothing was added to grad so far */
    const char *op;
    struct node *previous;          /* in the order of recording */
};
/* record operations */
/* The tape lives in the arena too; there is nothing to free. A reset
   forgets all nodes and gives back what the arena gave since tape_new. */
struct tape *tape_new(struct engine *engine, struct arena *step);
void tape_reset(struct tape *tape);
struct engine *tape_engine(const struct tape *tape);
struct arena *tape_arena(const struct tape *tape);

struct node *tape_parameter(struct tape *tape, struct parameter *p);
struct node *tape_constant(struct tape *tape, struct tensor value);
struct node *tape_record(struct tape *tape, const char *op,
                         struct tensor value,
                         void (*backward)(struct tape *, struct node *),
                         size_t inputs, struct node *const input[],
                         void *context);

/* d scalar / d everything; gradients of parameters are added to theirs.
   Once for a recording; what is computed later is not differentiated. */
void tape_backward(struct tape *tape, struct node *scalar);

/* For backward functions of operations that set starts, once for each input
   that needs a gradient: FROM_ZERO to write, FROM_C to add. */
enum matmul_start adjoint_start(struct node *input);

/* an operation knows the line that called it */
/* Operations are macros over functions that end in _at: the macro notes the
   caller's file and line in the tape, for the message of a wrong shape. */
#define TAPE_HERE(tape) tape_at((tape), __FILE__, __LINE__)
struct tape *tape_at(struct tape *tape, const char *file, int line);

/* Dies: "file:line: op: [2, 3] and [4, 5]: why"; b may be NULL. */
_Noreturn void tape_shape_error(const struct tape *tape, const char *op,
                                const struct tensor *a,
                                const struct tensor *b, const char *why);
/* Dies unless the shapes agree. */
void tape_same_shape(const struct tape *tape, const char *op,
                     const struct node *a, const struct node *b);

#endif
