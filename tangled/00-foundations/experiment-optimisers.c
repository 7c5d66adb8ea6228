/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "00-foundations/classifier.h"
#include "workshop/ledger.h"

enum { STEPS = 300, WINDOW = 25, POINTS = STEPS / WINDOW, BATCH = 100 };
enum { RULES = 5, RATES = 4, SEEDS = 3 };
static const real DECAY = (real)0.1;

/* list five rules and their learning rates */
enum rule { SGD, MOMENTUM, ADAM, ADAMW, PENALTY };
static const char *const rule_name[RULES] = {
    "sgd", "momentum", "adam", "adamw", "penalty"};
static const real rates[RULES][RATES] = {
    {(real)0.1, (real)0.3, 1, 3},
    {(real)0.01, (real)0.03, (real)0.1, (real)0.3},
    {(real)3e-4, (real)1e-3, (real)3e-3, (real)1e-2}};

static void update(struct engine *engine, struct parameters *ps,
                   enum rule rule, real rate) {
    struct adam adam = classifier_adam;
    adam.rate = rate;
    adam.decay = rule == ADAMW ? DECAY : 0;
    if (rule == PENALTY)
        kernel_axpy(engine, ps->total, DECAY, ps->value, ps->grad);
    if (rule == SGD || rule == MOMENTUM)
        parameters_sgd(engine, ps, &(struct sgd){
            rate, rule == MOMENTUM ? (real)0.9 : 0});
    else
        parameters_adam(engine, ps, &adam);
}
/* train by a rule */
struct result { double loss[POINTS], error, corner; };

static double corner_size(const struct classifier *net) {
    double sum = 0;
    for (size_t i = 0; i < CLASSIFIER_UNITS; i++) {
        double w = (double)net->hidden.w->value.data[i];
        sum += w * w;
    }
    return sqrt(sum / CLASSIFIER_UNITS);
}

struct task {
    struct engine *engine;
    struct dataset train, test;
    uint32_t *order;
};
static double train_step(const struct task *task, struct classifier *net,
                         struct tape *tape, size_t step) {
    static uint8_t labels[BATCH];
    size_t pixels = task->train.height * task->train.width;
    tape_reset(tape);
    struct batch batch = {
        .x = tensor_raw(tape_arena(tape), 2, (size_t[]){BATCH, pixels}),
        .labels = labels};
    data_batch(engine_pool(tape_engine(tape)), &task->train,
               task->order + step * BATCH, BATCH, batch.x.data, labels);
    struct node *loss = classifier_loss(net, tape, &batch);
    tape_backward(tape, loss);
    return (double)loss->value.data[0];
}

static struct result train(const struct task *task, enum rule rule,
                           real rate, uint64_t seed) {
    struct result result = {0};
    size_t pixels = task->train.height * task->train.width;
    struct arena *arena = arena_new((size_t)1 << 28);
    struct classifier net = classifier_new(arena, pixels, seed);
    struct tape *tape = tape_new(task->engine, arena);
    double start = corner_size(&net);
    rng_permutation((struct rng_stream){seed, RNG_SHUFFLE, 0, 0},
                    task->train.count, task->order);
    for (size_t step = 0; step < STEPS; step++) {
        result.loss[step / WINDOW] +=
            train_step(task, &net, tape, step) / WINDOW;
        update(task->engine, net.parameters, rule, rate);
    }
    result.corner = corner_size(&net) / start;
    result.error = 100.0 / (double)task->test.count * (double)
        classifier_errors(&net, task->engine, &task->test, 0, NULL);
    arena_free(arena);
    return result;
}
/* choose a rate and repeat */
static real best_rate(const struct task *task, enum rule rule) {
    double lowest = INFINITY;
    real best = 0;
    for (size_t i = 0; i < RATES; i++) {
        struct result r = train(task, rule, rates[rule][i], 1);
        printf("%s at %g: loss %.4f\n", rule_name[rule],
               (double)rates[rule][i], r.loss[POINTS - 1]);
        if (r.loss[POINTS - 1] < lowest) {
            lowest = r.loss[POINTS - 1];
            best = rates[rule][i];
        }
    }
    return best;
}
static void put(struct ledger *ledger, enum rule rule, const char *what,
                const double x[SEEDS], const char *unit) {
    char key[64];
    snprintf(key, sizeof key, "optimisers.%s.%s", rule_name[rule], what);
    ledger_put_seeds(ledger, key, SEEDS, x, unit);
}

static void judge(const struct task *task, enum rule rule, real rate,
                  struct ledger *ledger, double mean_loss[POINTS]) {
    double loss[SEEDS], error[SEEDS], corner[SEEDS];
    for (size_t s = 0; s < SEEDS; s++) {
        struct result r = train(task, rule, rate, s + 1);
        loss[s] = r.loss[POINTS - 1];
        error[s] = r.error;
        corner[s] = r.corner;
        for (size_t i = 0; i < POINTS; i++)
            mean_loss[i] += r.loss[i] / SEEDS;
    }
    put(ledger, rule, "loss", loss, "nats");
    put(ledger, rule, "error", error, "%");
    put(ledger, rule, "corner", corner, "");
}
/* write the curves of the rules */
static bool write_curves(double curve[RULES][POINTS], const char *out,
                         struct error *err) {
    char path[512];
    snprintf(path, sizeof path, "%s/optimisers.dat", out);
    struct series *series =
        series_open(path, "step sgd momentum adam adamw penalty");
    for (size_t i = 0; i < POINTS; i++) {
        double row[1 + RULES] = {(double)((i + 1) * WINDOW)};
        for (size_t r = 0; r < RULES; r++)
            row[1 + r] = curve[r][i];
        series_put(series, row);
    }
    return series_close(series, err);
}
/* compare the rules */
static bool compare(const struct task *task, const char *out,
                    struct error *err) {
    char path[512], key[64];
    double curve[RULES][POINTS] = {0};
    real adam_rate = 0;
    snprintf(path, sizeof path, "%s/optimisers.tsv", out);
    struct ledger *ledger =
        ledger_open(path, "00-foundations/experiment-optimisers.c",
                    "digits", "300 steps of 100 images, 3 seeds",
                    SOURCE_HASH);
    for (size_t i = 0; i < RULES; i++) {
        const enum rule rule = (enum rule)i;
        const real rate = rule > ADAM ? adam_rate : best_rate(task, rule);
        adam_rate = rule == ADAM ? rate : adam_rate;
        snprintf(key, sizeof key, "optimisers.%s.rate", rule_name[rule]);
        ledger_put(ledger, key, (double)rate, NAN, "");
        judge(task, rule, rate, ledger, curve[rule]);
    }
    ledger_put(ledger, "optimisers.keep",
               pow(1 - (double)adam_rate * (double)DECAY, STEPS), NAN, "");
    return ledger_close(ledger, err) && write_curves(curve, out, err);
}
static bool measure(struct engine *engine, const char *out,
                    struct error *err) {
    struct task task = {.engine = engine};
    bool ok = data_load("digits", engine_pool(engine), &task.train,
                        &task.test, err);
    if (ok) {
        task.order = checked_alloc(task.train.count, sizeof *task.order);
        ok = compare(&task, out, err);
        free(task.order);
    }
    dataset_free(&task.train);
    dataset_free(&task.test);
    return ok;
}

int main(int argc, char **argv) {
    struct run_options run = {.out = "figures/00-foundations"};
    const struct program program = {
        .purpose = "Trains the classifier by five rules of descent."};
    const char *name = options_start(&program, &run, argc, argv);
    struct engine *engine = engine_new(run.threads, NULL);
    struct error err;
    if (!measure(engine, run.out, &err))
        error_exit(name, &err);
    engine_free(engine);
    return program_end(name);
}
