/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "00-foundations/classifier.h"
#include "00-foundations/gradients.h"
#include "workshop/progress.h"

/* gather what the demonstration needs */
enum { SHOWN = 12 };

struct demo {
    struct classifier net;          /* first: see demo_loss */
    struct engine *engine;
    struct progress *progress;
    struct dataset train, test;
};

static struct node *demo_loss(void *demo, struct tape *tape,
                              const struct batch *batch) {
    return classifier_loss(&((struct demo *)demo)->net, tape, batch);
}
/* check every gradient */
static int check_gradients(void) {
    struct engine *engine = engine_new(1, NULL);
    size_t bad = gradients_print(stdout, engine, foundations_gradient_count,
                                 foundations_gradients);
    engine_free(engine);
    return bad == 0 ? 0 : 1;
}
/* show digits */
static void show(struct demo *d, const struct dataset *data,
                 const uint32_t *which, size_t count, const char *caption) {
    size_t pixels = data->height * data->width;
    uint8_t *images = checked_alloc(count + 1, pixels);
    for (size_t i = 0; i < count; i++)
        memcpy(images + i * pixels,
               data->pixels + (which == NULL ? i : which[i]) * pixels,
               pixels);
    struct picture picture = {images, count, data->height, data->width};
    progress_picture(d->progress, caption, &picture);
    free(images);
}
/* watch the training */
static double percent_wrong(const struct demo *d,
                            const struct dataset *data) {
    size_t errors = classifier_errors(&d->net, d->engine, data, 0, NULL);
    return 100.0 * (double)errors / (double)data->count;
}

static void watch(void *model, const struct moment *m) {
    struct demo *d = model;
    progress_step(d->progress, m->step, m->recent);
    if (m->epoch_ends)
        progress_note(d->progress, "epoch %zu: loss %.4f, %.2f %% of the "
                      "test digits wrong", m->epoch + 1, m->recent,
                      percent_wrong(d, &d->test));
}
/* train a classifier */
static int demo_run(struct demo *d, const struct run_options *run,
                    const char *name) {
    struct training training = {
        .engine = d->engine, .parameters = d->net.parameters,
        .data = &d->train, .batch = 100, .model = d, .loss = demo_loss,
        .watch = watch, .settings = "classifier 256",
        .adam = classifier_adam, .rate = classifier_rate};
    struct error err;
    training_options(&training, run, "build/chapter0.safetensors");
    d->progress = progress_new(stdout, "training", "steps",
                               d->train.count / 100 * run->epochs);
    show(d, &d->train, NULL, SHOWN, "The first twelve training digits");
    enum training_end end = training_run(&training, &err);
    if (end == TRAINING_DONE) {
        uint32_t wrong[SHOWN];
        size_t n = classifier_errors(&d->net, d->engine, &d->test, SHOWN,
                                     wrong);
        show(d, &d->test, wrong, n < SHOWN ? n : SHOWN,
             "Twelve test digits that it gets wrong");
    }
    progress_end(d->progress);
    return training_report(&training, end, &err, name);
}
static bool load(struct demo *d, const char *what, struct error *err) {
    if (!data_load(what, engine_pool(d->engine), &d->train, &d->test, err))
        return false;
    if (d->train.labels == NULL || d->test.labels == NULL)
        return error_set(err, "%s: has no labels to learn", what);
    for (size_t i = 0; i < d->train.count; i++)
        if (d->train.labels[i] >= CLASSIFIER_CLASSES)
            return error_set(err, "%s: label %d, but there are ten classes",
                             what, d->train.labels[i]);
    return d->train.count >= 100 ? true :
        error_set(err, "%s: fewer than 100 images", what);
}

static int train(const struct run_options *run, const char *name) {
    struct arena *arena = arena_new((size_t)1 << 28);
    struct demo demo = {.engine = engine_new(run->threads, NULL)};
    struct error err;
    if (!load(&demo, run->data == NULL ? "digits" : run->data, &err))
        error_exit(name, &err);
    size_t pixels = demo.train.height * demo.train.width;
    demo.net = classifier_new(arena, pixels, run->seed);
    /* start from saved values when asked to */
    if (run->load != NULL && !parameters_load(demo.net.parameters, run->load,
                                              LOAD_VALUES, &err))
        error_exit(name, &err);
    int status = demo_run(&demo, run, name);
    dataset_free(&demo.train);
    dataset_free(&demo.test);
    engine_free(demo.engine);
    arena_free(arena);
    return status;
}

int main(int argc, char **argv) {
    struct run_options run = {.seed = 1, .epochs = 20};
    const struct program program = {
        .purpose = sizeof(real) == sizeof(double) ?
            "Compares the gradient of every operation with differences." :
            "Trains a classifier of digits with one hidden layer."};
    const char *name = options_start(&program, &run, argc, argv);
    int status = sizeof(real) == sizeof(double) ?
        check_gradients() : train(&run, name);
    return status != 0 ? status : program_end(name);
}
