/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_TRAINING_H
#define FOUNDATIONS_TRAINING_H

#include "00-foundations/data.h"
#include "00-foundations/tape.h"

/* What a step of training sees. */
struct batch {
    struct tensor x;                /* [batch, pixels], in [0, 1] */
    const uint8_t *labels;          /* [batch], or NULL */
    const uint32_t *index;          /* which images of the set */
    uint64_t step;                  /* counts from 0 */
    size_t epoch;
};

/* What a watcher of the training is told after every step. */
struct moment {
    uint64_t step, steps;           /* done, and in all */
    size_t epoch, epochs;           /* the one under way, from 0 */
    double loss;                    /* mean over the last hundred steps */
    bool epoch_ends;
};

/* a training run is described */
struct training {
    struct engine *engine;
    struct parameters *parameters;
    const struct dataset *data;
    size_t batch, epochs;           /* what is left of a batch is dropped */
    uint64_t seed;
    struct adam adam;
    /* the rate of a step, or NULL for a constant one */
    real (*rate)(void *model, uint64_t step, uint64_t steps);
    /* records the mean loss of a batch */
    struct node *(*loss)(void *model, struct tape *tape,
                         const struct batch *batch);
    /* called after each step; may be NULL */
    void (*watch)(void *model, const struct moment *moment);
    void *model;
    size_t arena_bytes;             /* for one step; 0: 256 MiB */
    const char *checkpoint;         /* file to write, or NULL */
    const char *resume;             /* file to go on from, or NULL */
    const char *settings;           /* what a resumed run must agree in */
};

enum training_end { TRAINING_DONE, TRAINING_STOPPED, TRAINING_FAILED };

/* Runs to the last epoch, or until Ctrl-C. Writes the checkpoint every
   minute and at the end; a run resumed from it computes the same bits. */
enum training_end training_run(const struct training *training,
                               struct error *err);

#endif
