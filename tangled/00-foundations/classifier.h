/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_CLASSIFIER_H
#define FOUNDATIONS_CLASSIFIER_H

#include "00-foundations/dense.h"
#include "00-foundations/training.h"

/* A network with one hidden layer for images of ten classes. */
struct classifier {
    struct parameters *parameters;
    struct dense hidden, output;
};
enum { CLASSIFIER_UNITS = 256, CLASSIFIER_CLASSES = 10 };

struct classifier classifier_new(struct arena *arena, size_t pixels,
                                 uint64_t seed);

/* x[batch, pixels] -> logits [batch, 10] */
struct node *classifier_logits(const struct classifier *net, struct tape *t,
                               struct node *x);

/* The loss of a batch, for struct training: mean cross-entropy in nats. */
struct node *classifier_loss(void *net, struct tape *t,
                             const struct batch *batch);

/* say how the rate falls */
/* The learning rate of a step, for struct training: it falls linearly from
   1e-3 at the first step to nothing after the last. */
real classifier_rate(void *net, uint64_t step, uint64_t steps);
extern const struct adam classifier_adam;
/* say what is counted as an error */
/* How many images of the set get a wrong answer; wrong[0..most) receives
   the first of them, unless it is NULL. */
size_t classifier_errors(const struct classifier *net,
                         struct engine *engine,
                         const struct dataset *data, size_t most,
                         uint32_t wrong[]);

#endif
