/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_TRAINING_H
#define FOUNDATIONS_TRAINING_H

#include "00-foundations/data.h"
#include "00-foundations/tape.h"
#include "workshop/options.h"

/* describe a batch and its place in the run */
struct batch {
    struct tensor x;                /* [batch, pixels], in [0, 1] */
    const uint8_t *labels;          /* [batch], or NULL */
    const uint32_t *index;          /* [batch], which images of the set */
    uint64_t step;                  /* counts from 0 */
    size_t epoch;                   /* likewise */
};

/* What a watcher is told after every step. */
struct moment {
    uint64_t step, steps;           /* done, and in all */
    size_t epoch, epochs;           /* the one of this step, from 0 */
    bool epoch_ends;
    double loss;                    /* of this step's batch */
    double recent;                  /* mean of at most the last 100 */
};
/* describe a training run */
struct training {
    struct engine *engine;
    struct parameters *parameters;
    const struct dataset *data;
    size_t batch, epochs;           /* an incomplete batch is left out */
    uint64_t seed;
    struct adam adam;
    /* the learning rate of a step, or NULL: always that of adam */
    real (*rate)(void *model, uint64_t step, uint64_t steps);
    /* records the mean loss of a batch */
    struct node *(*loss)(void *model, struct tape *tape,
                         const struct batch *batch);
    /* called after each step; may be NULL */
    void (*watch)(void *model, const struct moment *moment);
    void *model;
    size_t arena_bytes;             /* for one step; 0: 1 GiB, as needed */
    /* say where a run is saved */
    const char *checkpoint;             /* file to write, or NULL: none */
    uint64_t checkpoint_steps;          /* each so many; 0: each minute only */
    const char *resume;                 /* file to go on from, or NULL */
    bool go_on;                         /* from checkpoint when it is there */
    double interval;                    /* seconds between two; 0: 60 */
    const char *settings;               /* a resumed run must have the same */
    double *history;                    /* numbers of the watcher, or NULL */
    size_t history_count;
};
/* run a training */
enum training_end { TRAINING_DONE, TRAINING_STOPPED, TRAINING_FAILED };

/* Runs to the last epoch, or until a stop is requested (signals.h). Writes
   the checkpoint every minute and at the end. TRAINING_FAILED leaves a line
   in err: a file that cannot be written or does not belong to this run, or
   a loss that is not finite. */
enum training_end training_run(const struct training *training,
                               struct error *err);

/* Takes seed, epochs, save and resume from the command line; checkpoint is
   where to save when the user does not say. */
void training_options(struct training *training,
                      const struct run_options *run,
                      const char *checkpoint);

/* Prints how to resume a stopped run, or the error of a failed one, and
   returns the exit status: 0 when done, 130 when stopped, 1 when failed. */
int training_report(const struct training *training, enum training_end end,
                    const struct error *err, const char *program);

#endif
