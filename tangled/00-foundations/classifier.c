/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/classifier.h"

/* make the classifier */
struct classifier classifier_new(struct arena *arena, size_t pixels,
                                 uint64_t seed) {
    const struct parameter_spec spec[] = {
        DENSE_SPEC("hidden", pixels, CLASSIFIER_UNITS),
        DENSE_SPEC("output", CLASSIFIER_UNITS, CLASSIFIER_CLASSES),
    };
    struct parameters *ps = parameters_new(arena, 4, spec);
    parameters_init_he_normal(ps, 0, seed);
    parameters_init_glorot_uniform(ps, 2, seed);
    return (struct classifier){ps, dense_at(ps, 0), dense_at(ps, 2)};
}
/* classify a batch */
struct node *classifier_logits(const struct classifier *net, struct tape *t,
                               struct node *x) {
    struct node *h = op_relu(t, dense_forward(t, &net->hidden, x));
    return dense_forward(t, &net->output, h);
}

struct node *classifier_loss(void *model, struct tape *t,
                             const struct batch *batch) {
    const struct classifier *net = model;
    struct node *x = tape_constant(t, batch->x);
    struct node *logits = classifier_logits(net, t, x);
    return op_mean(t, op_softmax_cross_entropy(t, logits, batch->labels));
}
/* let the learning rate fall */
const struct adam classifier_adam = {
    .rate = (real)1e-3, .beta1 = (real)0.9, .beta2 = (real)0.999,
    .epsilon = (real)1e-8, .decay = 0};

real classifier_rate(void *net, uint64_t step, uint64_t steps) {
    (void)net;
    return classifier_adam.rate * ((real)(steps - step) / (real)steps);
}
/* count the errors */
static bool is_wrong(const real *logits, uint8_t label) {
    for (size_t j = 0; j < CLASSIFIER_CLASSES; j++)
        if (logits[j] > logits[label])
            return true;
    return false;
}

size_t classifier_errors(const struct classifier *net,
                         struct engine *engine,
                         const struct dataset *data, size_t most,
                         uint32_t wrong[]) {
    enum { BATCH = 500 };
    size_t errors = 0, pixels = data->height * data->width;
    struct arena *arena = arena_new((size_t)1 << 28);
    struct tape *tape = tape_new(engine, arena);
    for (size_t first = 0; first < data->count; first += BATCH) {
        /* classify the images from first on */
        size_t left = data->count - first, n = left < BATCH ? left : BATCH;
        struct dataset part = *data;
        part.pixels += first * pixels;
        tape_reset(tape);
        struct tensor x = tensor_raw(arena, 2, (size_t[]){n, pixels});
        data_batch(engine_pool(engine), &part, NULL, n, x.data, NULL);
        struct node *logits = classifier_logits(net, tape, tape_constant(tape, x));
        for (size_t i = 0; i < n; i++) {
            if (!is_wrong(logits->value.data + i * CLASSIFIER_CLASSES,
                          data->labels[first + i]))
                continue;
            if (wrong != NULL && errors < most)
                wrong[errors] = (uint32_t)(first + i);
            errors++;
        }
    }
    arena_free(arena);
    return errors;
}
