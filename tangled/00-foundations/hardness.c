/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/hardness.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "00-foundations/dense.h"
#include "00-foundations/training.h"

/* convert bytes to reals */
enum { TESTS = 500, TRAINS = 1000, EXACT = 1 << 24 };

static void bytes_to_reals(const uint8_t *bytes, size_t n, real *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (real)bytes[i];
}
/* take squared norms */
static void square_norms(const struct dataset *data, size_t first,
                         size_t count, int32_t *norm) {
    size_t pixels = data->height * data->width;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *x = data->pixels + (first + i) * pixels;
        norm[i] = 0;
        for (size_t j = 0; j < pixels; j++)
            norm[i] += (int32_t)x[j] * x[j];
    }
}
/* remember the nearest of a block */
struct search {
    size_t first, trains;           /* the block of training images */
    const int32_t *norm;            /* [trains] */
    const real *dot;                /* [tests, trains] */
    int32_t *least;                 /* [tests] */
    uint32_t *nearest;              /* [tests] */
};

static void keep_nearest(void *context, size_t i, size_t thread) {
    const struct search *s = context;
    const real *dot = s->dot + i * s->trains;
    (void)thread;
    for (size_t j = 0; j < s->trains; j++) {
        if (dot[j] >= EXACT)
            die("images too bright: their product may be rounded");
        int32_t d = s->norm[j] - 2 * (int32_t)dot[j];
        if (d < s->least[i]) {
            s->least[i] = d;
            s->nearest[i] = (uint32_t)(s->first + j);
        }
    }
}
/* compare all test images with a block of training images */
static void compare_block(struct engine *engine, const real *test,
                          size_t tests, const real *train, size_t pixels,
                          real *dot, struct search search) {
    for (size_t i = 0; i < tests; i += TESTS) {
        size_t m = tests - i < TESTS ? tests - i : TESTS;
        kernel_matmul(engine, &(struct matmul){
            .m = m, .n = search.trains, .k = pixels,
            .a = test + i * pixels, .b = train, .b_transposed = true,
            .c = dot, .start = FROM_ZERO});
        struct search part = search;
        part.dot = dot;
        part.least += i;
        part.nearest += i;
        pool_for(engine_pool(engine), m, keep_nearest, &part);
    }
}
/* find the nearest neighbours */
void hardness_nearest(struct engine *engine, const struct dataset *train,
                      const struct dataset *test, uint32_t *nearest) {
    size_t pixels = train->height * train->width;
    real *a = checked_alloc(test->count * pixels, sizeof *a);
    real *b = checked_alloc(TRAINS * pixels, sizeof *b);
    real *dot = checked_alloc(TESTS * TRAINS, sizeof *dot);
    int32_t *norm = checked_alloc(TRAINS, sizeof *norm);
    int32_t *least = checked_alloc(test->count, sizeof *least);

    bytes_to_reals(test->pixels, test->count * pixels, a);
    for (size_t i = 0; i < test->count; i++)
        least[i] = INT32_MAX;
    for (size_t j = 0; j < train->count; j += TRAINS) {
        size_t n = train->count - j < TRAINS ? train->count - j : TRAINS;
        square_norms(train, j, n, norm);
        bytes_to_reals(train->pixels + j * pixels, n * pixels, b);
        compare_block(engine, a, test->count, b, pixels, dot,
                      (struct search){j, n, norm, dot, least, nearest});
    }
    free(a), free(b), free(dot), free(norm), free(least);
}
/* average the pixels */
enum { CLASSES = 10 };

static double percent(size_t part, size_t whole) {
    return 100.0 * (double)part / (double)(whole > 0 ? whole : 1);
}

static double mean_pixel(const struct dataset *data) {
    size_t n = data->count * data->height * data->width;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += data->pixels[i];
    return (double)sum / (255.0 * (double)n);
}
/* record the loss of a linear classifier */
static struct node *linear_loss(void *model, struct tape *tape,
                                const struct batch *batch) {
    struct node *x = tape_constant(tape, batch->x);
    struct node *logits = dense_forward(tape, (struct dense *)model, x);
    return op_mean(tape, op_softmax_cross_entropy(tape, logits,
                                                  batch->labels));
}
/* count the test images that a layer gets right */
static size_t count_right(struct engine *engine, const struct dense *layer,
                          const struct dataset *test) {
    size_t pixels = test->height * test->width, right = 0;
    real *x = checked_alloc(test->count * pixels, sizeof *x);
    real *logit = checked_alloc(test->count * CLASSES, sizeof *logit);
    data_batch(engine_pool(engine), test, NULL, test->count, x, NULL);
    kernel_matmul(engine, &(struct matmul){
        .m = test->count, .n = CLASSES, .k = pixels, .a = x,
        .b = layer->w->value.data, .c = logit, .start = FROM_ROW,
        .row = layer->b->value.data});
    for (size_t i = 0; i < test->count; i++) {
        size_t best = 0;
        for (size_t j = 1; j < CLASSES; j++)
            if (logit[i * CLASSES + j] > logit[i * CLASSES + best])
                best = j;
        right += best == test->labels[i];
    }
    free(x), free(logit);
    return right;
}
/* train a linear classifier and test it */
bool hardness_linear(struct engine *engine, const struct dataset *train,
                     const struct dataset *test, size_t epochs,
                     double *accuracy, struct error *err) {
    size_t pixels = train->height * train->width;
    struct arena *arena = arena_new((size_t)4 << 20);
    struct parameter_spec spec[] = {DENSE_SPEC("linear", pixels, CLASSES)};
    struct parameters *ps = parameters_new(arena, 2, spec);
    struct dense layer = dense_at(ps, 0);
    enum training_end end = training_run(&(struct training){
        .engine = engine, .parameters = ps, .data = train, .batch = 100,
        .epochs = epochs, .seed = 1, .loss = linear_loss, .model = &layer,
        .adam = {(real)1e-3, (real)0.9, (real)0.999, (real)1e-8, 0},
        .arena_bytes = (size_t)8 << 20}, err);
    *accuracy = (double)count_right(engine, &layer, test) /
                (double)test->count;
    arena_free(arena);
    return end == TRAINING_DONE;
}
/* put the errors of the nearest neighbour into a ledger */
static void put_nearest(struct engine *engine, const char *name,
                        const struct dataset *train,
                        const struct dataset *test, struct ledger *ledger) {
    uint32_t *nearest = checked_alloc(test->count, sizeof *nearest);
    size_t wrong[CLASSES] = {0}, all[CLASSES] = {0}, errors = 0;
    hardness_nearest(engine, train, test, nearest);
    for (size_t i = 0; i < test->count; i++) {
        bool error = train->labels[nearest[i]] != test->labels[i];
        all[test->labels[i]]++;
        wrong[test->labels[i]] += error;
        errors += error;
    }
    free(nearest);
    char key[64];
    snprintf(key, sizeof key, "%s.nn1.error", name);
    ledger_put(ledger, key, percent(errors, test->count), NAN, "%");
    for (int c = 0; c < CLASSES; c++) {
        snprintf(key, sizeof key, "%s.nn1.error.%d", name, c);
        ledger_put(ledger, key, percent(wrong[c], all[c]), NAN, "%");
    }
}
/* put the hardness of a data set into a ledger */
bool hardness_measure(struct engine *engine, const char *name,
                      const struct dataset *train,
                      const struct dataset *test, struct ledger *ledger,
                      struct error *err) {
    double accuracy;
    char key[64];
    snprintf(key, sizeof key, "%s.mean_pixel", name);
    ledger_put(ledger, key, mean_pixel(train), NAN, "");
    put_nearest(engine, name, train, test, ledger);
    if (!hardness_linear(engine, train, test, 10, &accuracy, err))
        return false;
    snprintf(key, sizeof key, "%s.linear.accuracy", name);
    ledger_put(ledger, key, 100 * accuracy, NAN, "%");
    return true;
}
