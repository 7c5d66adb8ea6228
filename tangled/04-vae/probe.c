/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/probe.h"

#include <math.h>

#include "00-foundations/dense.h"

enum { EPOCHS = 20, BATCH = 1000, CLASSES = 10 };
static const real RATE = (real)1e-2;

/* standardise the features */
static void standardise(const struct features *train,
                        const struct features *test)
{
    for (size_t j = 0; j < train->width; j++) {
        double sum = 0, square = 0, n = (double)train->count;
        for (size_t i = 0; i < train->count; i++) {
            double x = (double)train->x[i * train->width + j];
            sum += x;
            square += x * x;
        }
        double mean = sum / n, variance = square / n - mean * mean;
        double scale = variance > 1e-12 ? 1 / sqrt(variance) : 0;
        const struct features *set[2] = {train, test};
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; i < set[k]->count; i++) {
                real *x = &set[k]->x[i * train->width + j];
                *x = (real)(((double)*x - mean) * scale);
            }
    }
}

/* fit one affine layer */
static void fit(struct tape *tape, struct parameters *ps,
                const struct dense *layer, const struct features *train)
{
    struct adam adam = {.beta1 = (real)0.9, .beta2 = (real)0.999,
                        .epsilon = (real)1e-8};
    size_t batches = train->count / BATCH, steps = EPOCHS * batches;
    for (size_t step = 0; step < steps; step++) {
        size_t first = step % batches * BATCH;
        tape_reset(tape);
        struct tensor x = tensor_view2(train->x + first * train->width,
                                       BATCH, train->width);
        struct node *logits = dense_forward(tape, layer,
                                            tape_constant(tape, x));
        tape_backward(tape, op_mean(tape, op_softmax_cross_entropy(
            tape, logits, train->labels + first)));
        adam.rate = RATE * (1 - (real)step / (real)steps);
        parameters_adam(tape_engine(tape), ps, &adam);
    }
}

/* count what the probe gets wrong */
static size_t wrong_in(struct tape *tape, const struct dense *layer,
                       const struct features *test, size_t first,
                       size_t count)
{
    tape_reset(tape);
    struct tensor x = tensor_view2(test->x + first * test->width, count,
                                   test->width);
    const real *logit = dense_forward(tape, layer, tape_constant(tape, x))
                            ->value.data;
    size_t wrong = 0;
    for (size_t i = 0; i < count; i++, logit += CLASSES) {
        real own = logit[test->labels[first + i]];
        bool beaten = false;
        for (size_t c = 0; c < CLASSES; c++)
            beaten |= logit[c] > own;
        wrong += beaten;
    }
    return wrong;
}

/* probe the features */
double probe_error(struct engine *engine, struct features *train,
                   struct features *test)
{
    if (train->count < BATCH || train->width != test->width)
        die("probe_error: %zu images of %zu features against %zu",
            train->count, train->width, test->width);
    const struct parameter_spec spec[] = {
        DENSE_SPEC("probe", train->width, CLASSES)};
    struct arena *arena = arena_new(((size_t)16 << 20) +
                                    train->width * 64 * sizeof(real));
    struct tape *tape = tape_new(engine, arena_new((size_t)16 << 20));
    struct parameters *ps = parameters_new(arena, 2, spec);
    struct dense layer = dense_at(ps, 0);
    standardise(train, test);
    fit(tape, ps, &layer, train);
    size_t wrong = 0;
    for (size_t first = 0; first < test->count; first += BATCH) {
        size_t left = test->count - first;
        wrong += wrong_in(tape, &layer, test, first,
                          left < BATCH ? left : BATCH);
    }
    arena_free(tape_arena(tape));
    arena_free(arena);
    return 100 * (double)wrong / (double)test->count;
}
