/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/training.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/atomic.h"
#include "workshop/checkpoint.h"
#include "workshop/signals.h"

enum { RECENT = 100 };

struct run {
    const struct training *t;
    struct arena *arena;
    struct tape *tape;
    uint32_t *order;                /* of the images in this epoch */
    uint8_t *labels;
    uint64_t per_epoch, steps;
    double recent[RECENT];
    size_t made;                    /* steps, by this process */
};

/* begin a run */
static struct run run_begin(const struct training *t) {
    struct run r = {.t = t};
    size_t bytes = t->arena_bytes > 0 ? t->arena_bytes : (size_t)1 << 30;
    if (t->batch == 0 || t->batch > t->data->count)
        die("training_run: a batch of %zu from %zu images", t->batch,
            t->data->count);
    r.arena = arena_new(bytes);
    r.order = arena_alloc(r.arena, t->data->count, sizeof *r.order);
    r.labels = arena_alloc(r.arena, t->batch, 1);
    r.tape = tape_new(t->engine, r.arena);
    r.per_epoch = t->data->count / t->batch;
    r.steps = r.per_epoch * t->epochs;
    return r;
}
/* take the images of a step */
static struct batch take_batch(struct run *r) {
    const struct training *t = r->t;
    uint64_t step = t->parameters->step;
    size_t place = (size_t)(step % r->per_epoch);
    struct batch b = {.step = step, .epoch = (size_t)(step / r->per_epoch)};
    size_t pixels = t->data->height * t->data->width;
    tape_reset(r->tape);
    if (place == 0 || r->made == 0)
        rng_permutation((struct rng_stream){.seed = t->seed,
                            .purpose = RNG_SHUFFLE,
                            .step = (uint32_t)b.epoch},
                        t->data->count, r->order);
    b.index = r->order + place * t->batch;
    b.x = tensor_raw(r->arena, 2, (size_t[]){t->batch, pixels});
    data_batch(engine_pool(t->engine), t->data, b.index, t->batch, b.x.data,
               r->labels);
    b.labels = t->data->labels == NULL ? NULL : r->labels;
    return b;
}
/* make one step */
static double make_step(struct run *r) {
    const struct training *t = r->t;
    struct batch batch = take_batch(r);
    struct node *loss = t->loss(t->model, r->tape, &batch);
    tape_backward(r->tape, loss);
    struct adam adam = t->adam;
    if (t->rate != NULL)
        adam.rate = t->rate(t->model, batch.step, r->steps);
    parameters_adam(t->engine, t->parameters, &adam);
    return (double)loss->value.data[0];
}
/* tell the watcher */
static void tell(struct run *r, double loss) {
    const struct training *t = r->t;
    uint64_t done = t->parameters->step;
    r->recent[r->made++ % RECENT] = loss;
    size_t n = r->made < RECENT ? r->made : RECENT;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += r->recent[i];
    struct moment m = {
        .step = done, .steps = r->steps, .epochs = t->epochs,
        .epoch = (size_t)((done - 1) / r->per_epoch),
        .epoch_ends = done % r->per_epoch == 0,
        .loss = loss, .recent = sum / (double)n,
    };
    if (t->watch != NULL)
        t->watch(t->model, &m);
}
/* save and restore a run */
enum { REMARKS = 5, REMARK_TEXT = 256 };
struct remarks {
    char text[REMARKS][REMARK_TEXT];
    struct st_meta meta[REMARKS];
};

static void remark(struct remarks *r, size_t i, const char *key,
                   const char *text) {
    snprintf(r->text[i], REMARK_TEXT, "%s", text);
    r->meta[i] = (struct st_meta){key, r->text[i]};
}

static void remarks_of(const struct run *run, struct remarks *r) {
    const struct training *t = run->t;
    char number[32];
    snprintf(number, sizeof number, "%" PRIu64, t->seed);
    remark(r, 0, "seed", number);
    snprintf(number, sizeof number, "%zu", t->data->count);
    remark(r, 1, "images", number);
    snprintf(number, sizeof number, "%zu", t->batch);
    remark(r, 2, "batch", number);
    snprintf(number, sizeof number, "%zu", t->epochs);
    remark(r, 3, "epochs", t->rate == NULL ? "any" : number);
    remark(r, 4, "settings", t->settings == NULL ? "" : t->settings);
}
static bool run_save(const struct run *r, struct error *err) {
    const struct training *t = r->t;
    struct remarks remarks = {0};
    if (t->checkpoint == NULL)
        return true;
    remarks_of(r, &remarks);
    struct st_tensor history = {
        .name = "training.history", .dtype = ST_F64, .rank = 1,
        .shape = {t->history_count}, .data = t->history,
        .bytes = t->history_count * sizeof(double)};
    struct parameters_extra extra = {
        .tensor = &history, .tensors = t->history_count > 0 ? 1 : 0,
        .meta = remarks.meta, .metas = REMARKS};
    return atomic_make_folder(t->checkpoint, err) &&
           parameters_save(t->parameters, t->checkpoint, &extra, err);
}
static bool remarks_agree(const struct run *r, const char *path,
                          const struct safetensors *file,
                          struct error *err) {
    struct remarks now = {0};
    remarks_of(r, &now);
    for (size_t i = 0; i < REMARKS; i++) {
        const char *then = safetensors_meta(file, now.meta[i].key);
        if (then == NULL)
            return error_set(err, "%s: is no checkpoint of a run (it does "
                             "not say %s)", path, now.meta[i].key);
        if (strcmp(then, now.meta[i].value) != 0)
            return error_set(err, "%s: was made with %s %.200s, not %s",
                             path, now.meta[i].key, then,
                             now.meta[i].value);
    }
    return true;
}
static bool run_restore(struct run *r, const char *path,
                        struct error *err) {
    const struct training *t = r->t;
    struct safetensors *file = safetensors_open(path, err);
    bool ok = file != NULL && remarks_agree(r, path, file, err);
    const void *history = NULL;
    if (ok && t->history_count > 0) {
        history = safetensors_get(file, "training.history", ST_F64, 1,
                                  &t->history_count, err);
        ok = history != NULL;
    }
    ok = ok && parameters_read(t->parameters, file, path, LOAD_STATE, err);
    if (ok && history != NULL)
        memcpy(t->history, history, t->history_count * sizeof(double));
    safetensors_close(file);
    return ok;
}

static const char *file_to_resume(const struct training *t) {
    FILE *there = NULL;
    if (t->resume != NULL || !t->go_on || t->checkpoint == NULL)
        return t->resume;
    there = fopen(t->checkpoint, "rb");
    if (there == NULL)
        return NULL;
    fclose(there);
    return t->checkpoint;
}
/* run until done or stopped */
static enum training_end run_loop(struct run *r, struct error *err) {
    struct parameters *ps = r->t->parameters;
    double interval = r->t->interval > 0 ? r->t->interval : 60;
    struct checkpoint_timer timer = checkpoint_start(interval);
    while (ps->step < r->steps) {
        double loss = make_step(r);
        if (!(loss - loss == 0)) {
            error_set(err, "the loss of step %" PRIu64 " is %g", ps->step,
                      loss);
            return TRAINING_FAILED;
        }
        tell(r, loss);
        uint64_t often = r->t->checkpoint_steps;
        bool asked = often != 0 && ps->step % often == 0;
        if (!checkpoint_due(&timer) && !asked)
            continue;
        if (!run_save(r, err))
            return TRAINING_FAILED;
        if (signals_stop_requested() && ps->step < r->steps)
            return TRAINING_STOPPED;
    }
    return run_save(r, err) ? TRAINING_DONE : TRAINING_FAILED;
}
enum training_end training_run(const struct training *training,
                               struct error *err) {
    struct run run = run_begin(training);
    const char *resume = file_to_resume(training);
    enum training_end end = TRAINING_FAILED;
    signals_install();
    if (resume == NULL || run_restore(&run, resume, err))
        end = run_loop(&run, err);
    arena_free(run.arena);
    return end;
}
/* connect a run with the command line */
void training_options(struct training *training,
                      const struct run_options *run,
                      const char *checkpoint) {
    training->seed = run->seed;
    training->epochs = run->epochs;
    training->resume = run->resume;
    training->checkpoint = run->save != NULL ? run->save :
                           run->resume != NULL ? run->resume : checkpoint;
}

int training_report(const struct training *training, enum training_end end,
                    const struct error *err, const char *program) {
    if (end == TRAINING_FAILED)
        fprintf(stderr, "%s: %s\n", program, err->text);
    if (end == TRAINING_STOPPED && training->checkpoint != NULL)
        printf("Stopped after step %" PRIu64 ". The same command with "
               "--resume %s goes on.\n", training->parameters->step,
               training->checkpoint);
    return end == TRAINING_DONE ? 0 : end == TRAINING_STOPPED ? 130 : 1;
}
