/* From chapters/app-c-performance.nw (edit that, then make tangle) */
/* Speed against the machine's limit and the peers that are installed. */
#include "performance/bench.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "performance/bench-blas.h"
#include "performance/bench-convolution.h"
#include "performance/bench-loops.h"
#include "performance/bench-products.h"
#include "performance/bench-samples.h"
#include "performance/bench-step.h"
#include "performance/bench-torch.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

/* gather the contestants */
enum { ONE, ALL, COUNTS };              /* how many threads */
enum { BATCH = 128, HIDDEN = 400 };

struct bench {
    size_t threads[COUNTS];
    struct engine *engine[COUNTS];
    struct trainer *trainer[COUNTS];
    struct samples *samples[COUNTS];
    struct bench_loops *loops;
    struct blas *blas;
    struct torch *torch;
    struct dataset train, test;
    struct table table;
    double peak;                        /* FLOP/s of one core, this round */
    double limit[COUNTS];               /* seconds, products of a step */
    double idle;                        /* seconds of a step, one thread */
    const char *out;
    size_t isa;                         /* a choice below */
    bool only_convolutions;
};

static const char *const isa_choice[] = {"best", "avx512", "avx2", NULL};

static void note(struct bench *b, const char *key, const char *work,
                 const char *unit, double ours, double peer,
                 double share) {
    struct row heading = {.key = key, .unit = unit};
    snprintf(heading.work, sizeof heading.work, "%s", work);
    table_put(&b->table, &heading, ours, peer, share);
}

/* a / b, or 0 when one is missing */
static double quotient(double a, double b) {
    return a > 0 && b > 0 ? a / b : 0;
}
/* list the products of a step */
enum { PRODUCTS = 11 };

static const struct shape product[PRODUCTS + 1] = {
    {"product.hidden", 1, 128, 400, 784, false, false},
    {"product.hidden-weights", 1, 784, 400, 128, true, false},
    {"product.code", 2, 128, 20, 400, false, false},
    {"product.code-input", 2, 128, 400, 20, false, true},
    {"product.code-weights", 2, 400, 20, 128, true, false},
    {"product.decode", 1, 128, 400, 20, false, false},
    {"product.decode-input", 1, 128, 20, 400, false, true},
    {"product.decode-weights", 1, 20, 400, 128, true, false},
    {"product.logits", 1, 128, 784, 400, false, false},
    {"product.logits-input", 1, 128, 400, 784, false, true},
    {"product.logits-weights", 1, 400, 784, 128, true, false},
    {"product.square", 0, 1024, 1024, 1024, false, false},
};
/* measure the products */
struct sum { double ours, blas, best, flop; };

struct pair { double ours, blas; };     /* seconds */

static void time_products(struct bench *b, size_t threads,
                          struct pair t[PRODUCTS + 1]) {
    for (size_t i = 0; i <= PRODUCTS; i++)
        t[i].ours = product_ours(b->engine[threads], &product[i]);
    for (size_t i = 0; i <= PRODUCTS; i++)
        t[i].blas = product_blas(b->blas, b->threads[threads], &product[i]);
}
static struct sum measure_products(struct bench *b, size_t threads) {
    struct pair t[PRODUCTS + 1];
    struct sum s = {0};
    time_products(b, threads, t);
    for (size_t i = 0; i <= PRODUCTS; i++) {
        const struct shape *p = &product[i];
        const double flop = shape_flop(p), times = (double)p->times;
        const double ours = t[i].ours, blas = t[i].blas;
        s.ours += times * ours;
        s.blas += times * blas;
        s.best += times * (blas > 0 ? fmin(ours, blas) : ours);
        s.flop += times * flop;
        if (threads == ALL)
            continue;
        char work[64];
        snprintf(work, sizeof work, "%zu x %zu x %zu%s%s", p->m, p->n, p->k,
                 p->a_transposed ? ", A turned" : "",
                 p->b_transposed ? ", B turned" : "");
        note(b, p->key, work, "GFLOP/s", 1e-9 * flop / ours,
             quotient(1e-9 * flop, blas), flop / ours / b->peak);
    }
    return s;
}
static void measure_all_products(struct bench *b) {
    const struct sum one = measure_products(b, ONE);
    const struct sum all = measure_products(b, ALL);
    b->limit[ONE] = one.best;
    b->limit[ALL] = all.best;
    note(b, "products", "products of a step, one thread", "GFLOP/s",
         1e-9 * one.flop / one.ours, quotient(1e-9 * one.flop, one.blas),
         one.flop / one.ours / b->peak);
    note(b, "products-all", "products of a step, all threads",
         "GFLOP/s", 1e-9 * all.flop / all.ours,
         quotient(1e-9 * all.flop, all.blas),
         all.flop / all.ours / b->peak / (double)b->threads[ALL]);
    note(b, "products-gain", "all threads against one, products", "x",
         one.ours / all.ours, quotient(one.blas, all.blas), 0);
}
/* measure the convolutions */
enum { LAYERS = 4, PASSES = 2 };

static const struct layer_row {
    const char *key[PASSES];
    struct conv shape;
} layer[LAYERS] = {
    {{"conv.first-3-forward", "conv.first-3"},
     {BATCH, 28, 28, 1, 32, 3, 2, 1}},
    {{"conv.second-3-forward", "conv.second-3"},
     {BATCH, 14, 14, 32, 64, 3, 2, 1}},
    {{"conv.first-4-forward", "conv.first-4"},
     {BATCH, 28, 28, 1, 32, 4, 2, 1}},
    {{"conv.second-4-forward", "conv.second-4"},
     {BATCH, 14, 14, 32, 64, 4, 2, 1}},
};

struct layer_times { double flop, one, best, torch; };

static struct layer_times measure_layer(struct bench *b,
                                        const struct conv *s, bool both) {
    const struct layer_times t = {
        .flop = layer_flop(s, both),
        .one = layer_ours(b->engine[ONE], s, both),
        .best = layer_ours(b->engine[ALL], s, both),
        .torch = layer_torch(b->torch, s, both, b->threads[ALL])};
    return (struct layer_times){t.flop, t.one, fmin(t.one, t.best),
                                t.torch};
}

static void note_layer(struct bench *b, const char *key, const char *work,
                       struct layer_times t) {
    note(b, key, work, "GFLOP/s", 1e-9 * t.flop / t.best,
         quotient(1e-9 * t.flop, t.torch), t.flop / t.one / b->peak);
}
static void measure_convolutions(struct bench *b) {
    static const char *const network[] = {"conv.network-3",
                                          "conv.network-4"};
    struct layer_times sum = {0};
    char work[64];
    for (size_t i = 0; i < LAYERS; i++) {
        const struct conv *s = &layer[i].shape;
        for (size_t both = 0; both < PASSES; both++) {
            const struct layer_times t = measure_layer(b, s, both);
            snprintf(work, sizeof work, "%zu to %zu, %zu x %zu%s",
                     s->channels, s->filters, s->kernel, s->kernel,
                     both ? "" : ", forward");
            note_layer(b, layer[i].key[both], work, t);
            if (both)
                sum = (struct layer_times){
                    sum.flop + t.flop, sum.one + t.one,
                    sum.best + t.best, sum.torch + t.torch};
        }
        if (i % 2 == 0)
            continue;
        snprintf(work, sizeof work, "both layers, %zu x %zu", s->kernel,
                 s->kernel);
        note_layer(b, network[i / 2], work, sum);
        sum = (struct layer_times){0};
    }
}
/* measure the step */
static void measure_step(struct bench *b) {
    const double one = trainer_fastest(b->trainer[ONE], 0.3);
    const double torch = torch_ask(b->torch, "train", 1, 1);
    const double all = trainer_fastest(b->trainer[ALL], 0.3);
    double best = torch_best(b->torch, "train", b->threads[ALL]);
    best = best > 0 ? fmin(best, torch) : torch;
    b->idle = one;
    note(b, "train.one", "training, one thread", "images/s", BATCH / one,
         quotient(BATCH, torch), b->limit[ONE] / one);
    note(b, "train.all", "training, all threads", "images/s",
         BATCH / all, quotient(BATCH, best), b->limit[ALL] / all);
    note(b, "train-best", "training, each at its best", "images/s",
         BATCH / fmin(one, all), quotient(BATCH, best), 0);
    note(b, "train-gain", "all threads against one, training", "x",
         one / all, 0, 0);
    note(b, "epoch", "an epoch of 60,000 images", "s",
         60000 / BATCH * fmin(one, all), 60000 / BATCH * best, 0);
}
/* keep a core busy */
static _Noreturn void keep_busy(void) {
    execl("/bin/sh", "sh", "-c", "taskset -pc 0 $$ > /dev/null 2>&1; "
          "while :; do :; done", (char *)NULL);
    _exit(127);
}
/* measure under load */
static void measure_load(struct bench *b) {
    const pid_t busy = fork();
    if (busy == 0)
        keep_busy();
    trainer_mean(b->trainer[ONE], 0.3);
    const double one = trainer_mean(b->trainer[ONE], 0.7);
    const double all = trainer_mean(b->trainer[ALL], 0.7);
    const double torch1 = torch_ask(b->torch, "train-mean", 1, 1);
    const double torch2 =
        torch_ask(b->torch, "train-mean", b->threads[ALL], 1);
    if (busy > 0) {
        kill(busy, SIGKILL);
        waitpid(busy, NULL, 0);
    }
    note(b, "load", "training under load, one thread", "images/s",
         BATCH / one, quotient(BATCH, torch1), b->idle / one);
    note(b, "load-all", "training under load, all threads",
         "images/s", BATCH / all, quotient(BATCH, torch2), b->idle / all);
    note(b, "load-gain", "all threads against one, under load", "x",
         one / all, quotient(torch1, torch2), 0);
}
/* measure the loops */
static void note_function(struct bench *b, const char *key,
                          const char *work, double ours, double peer) {
    note(b, key, work, "ns", 1e9 * ours, 1e9 * peer,
         loops_traffic(b->loops) / ours);
}
static void measure_functions(struct bench *b) {
    struct bench_loops *l = b->loops;
    note_function(b, "function.exp", "exp", loops_map(l, MAP_EXP),
                  loops_libmvec(l, "expf"));
    note_function(b, "function.expm1", "expm1", loops_own(l, OWN_EXPM1),
                  loops_libmvec(l, "expm1f"));
    note_function(b, "function.log", "log", loops_map(l, MAP_LOG),
                  loops_libmvec(l, "logf"));
    note_function(b, "function.log1p", "log1p", loops_own(l, OWN_LOG1P),
                  loops_libmvec(l, "log1pf"));
    note_function(b, "function.tanh", "tanh", loops_map(l, MAP_TANH),
                  loops_libmvec(l, "tanhf"));
    note_function(b, "function.sigmoid", "sigmoid",
                  loops_map(l, MAP_SIGMOID), loops_libmvec_sigmoid(l));
    note_function(b, "function.softplus", "softplus",
                  loops_map(l, MAP_SOFTPLUS), loops_libmvec_softplus(l));
    note_function(b, "function.normal", "a normal deviate",
                  loops_normal(l), torch_ask(b->torch, "normal", 1, 1));
}
static void measure_loops(struct bench *b) {
    const double ns = 1e9, traffic = loops_traffic(b->loops);
    measure_functions(b);
    const double adam = loops_adam(b->loops);
    note(b, "adam", "Adam, a parameter", "ns", ns * adam, 0,
         3.5 * traffic / adam);
    note(b, "traffic", "reading and writing a number", "ns",
         ns * traffic, 0, 0);
    note(b, "subnormal", "halving one, and the least normal number", "ns",
         ns * loops_halve(b->loops, 1),
         ns * loops_halve(b->loops, REAL_LEAST), 0);
}
/* measure the evaluation */
static const struct shape evaluation[] = {
    {"", 10, SAMPLE_BATCH, 200, 50, false, false},
    {"", 10, SAMPLE_BATCH, 200, 200, false, false},
    {"", 10, SAMPLE_BATCH, 784, 200, false, false},
};

static void measure_evaluation(struct bench *b) {
    double seconds[COUNTS], limit[COUNTS];
    for (size_t t = ONE; t <= ALL; t++) {
        limit[t] = 0;
        for (size_t i = 0; i < 3; i++) {
            const double ours = product_ours(b->engine[t], &evaluation[i]);
            const double blas =
                product_blas(b->blas, b->threads[t], &evaluation[i]);
            limit[t] += (double)evaluation[i].times *
                        (blas > 0 ? fmin(ours, blas) : ours);
        }
        seconds[t] = samples_seconds(b->samples[t]);
    }
    note(b, "samples", "5,000 codes of 10,000 images, one thread",
         "s", 1e4 * seconds[ONE], 0, limit[ONE] / seconds[ONE]);
    note(b, "samples-all", "the same, all threads", "s",
         1e4 * seconds[ALL], 0, limit[ALL] / seconds[ALL]);
}
/* measure memory */
static int train_only(struct bench *b, size_t steps) {
    struct trainer *t = b->trainer[ALL];
    real loss = 0;
    for (size_t i = 0; i < steps; i++)
        loss = trainer_step(t);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const double images = (double)(b->train.count + b->test.count);
    const double data = images * (double)(
        b->train.height * b->train.width + 1 +
        b->train.factor_count * sizeof(real));
    const double allowed = data + (double)trainer_activations(t) +
        16.0 * (double)trainer_parameters(t) + 20e6;
    printf("%.6f %.6f %.6f\n", 1024e-6 * (double)usage.ru_maxrss,
           1e-6 * allowed, (double)loss);
    return 0;
}

static void measure_memory(struct bench *b, const char *program) {
    char command[512];
    double peak = 0, allowed = 0;
    snprintf(command, sizeof command, "\"%s\" --train 50", program);
    FILE *copy = popen(command, "r");
    if (copy == NULL || fscanf(copy, "%lf %lf", &peak, &allowed) != 2)
        peak = allowed = 0;
    if (copy != NULL)
        pclose(copy);
    note(b, "memory", "peak memory of training (allowed)", "MB",
         peak, allowed, 0);
}
/* print the table */
static void print_figure(const char *format, double figure) {
    if (figure > 0)
        printf(format, figure);
    else
        printf("%9s", "-");
}

static void print_table(const struct bench *b) {
    printf("\n%-42s %-9s%9s%9s%9s%9s\n", "work", "unit", "ours", "peer",
           "ratio", "share");
    for (size_t i = 0; i < b->table.count; i++) {
        const struct row *row = &b->table.row[i];
        printf("%-42s %-9s", row->work, row->unit);
        print_figure("%9.4g", row_ours(&b->table, row));
        print_figure("%9.4g", row_peer(&b->table, row));
        print_figure("%9.2f", row_ratio(&b->table, row));
        print_figure("%9.2f", row_share(&b->table, row));
        printf("\n");
    }
}
static void print_heading(const struct bench *b) {
    printf("ours: %s, %zu and %zu threads\n", engine_isa(b->engine[ONE]),
           b->threads[ONE], b->threads[ALL]);
    if (b->blas != NULL)
        printf("products' peer: OpenBLAS, its kernel for %s\n",
               blas_kernel(b->blas));
    else
        printf("products' peer: OpenBLAS is missing\n");
    printf("training's peer: %s\n", b->torch != NULL ?
           torch_version(b->torch) : "PyTorch is missing");
    fflush(stdout);
}
/* write the ledgers */
struct ledgers { struct ledger *ratios, *times; const char *dash, *isa; };

static void put(const struct ledgers *l, const char *key, const char *part,
                double figure, const char *unit) {
    const bool time =
        strcmp(part, "ours") == 0 || strcmp(part, "peer") == 0;
    char name[96];
    snprintf(name, sizeof name,
             time ? "bench-time.%s.%s%s%s" : "bench.%s.%s%s%s", key, part,
             l->dash, l->isa);
    if (figure > 0)
        ledger_put(time ? l->times : l->ratios, name, figure, NAN, unit);
}

static void put_row(const struct ledgers *l, const struct table *table,
                    const struct row *row) {
    put(l, row->key, "ratio", row_ratio(table, row), "");
    put(l, row->key, "share", row_share(table, row), "");
    if (strcmp(row->unit, "x") == 0)
        put(l, row->key, "gain", row_ours(table, row), "");
    put(l, row->key, "ours", row_ours(table, row), row->unit);
    put(l, row->key, "peer", row_peer(table, row), row->unit);
}
static struct ledger *open_ledger(const struct bench *b, const char *name,
                                  const struct ledgers *l,
                                  const char *kind) {
    char path[1024], settings[64];
    snprintf(path, sizeof path, "%s/%s%s%s%s", b->out, name, l->dash,
             l->isa, kind);
    snprintf(settings, sizeof settings, "medians of %zu rounds",
             b->table.round);
    return ledger_open(path, "performance/bench.c", "digits", settings,
                       SOURCE_HASH);
}

static bool write_ledgers(const struct bench *b, bool convolutions,
                          struct error *err) {
    const char *name = convolutions ? "bench-conv" : "bench";
    struct ledgers l = {.dash = b->isa > 0 ? "-" : "",
                        .isa = b->isa > 0 ? isa_choice[b->isa] : ""};
    l.ratios = open_ledger(b, name, &l, ".tsv");
    l.times = open_ledger(b, name, &l, ".times.tsv");
    for (size_t i = 0; i < b->table.count; i++) {
        const struct row *row = &b->table.row[i];
        if ((strncmp(row->key, "conv.", 5) == 0) == convolutions)
            put_row(&l, &b->table, row);
    }
    const bool written = ledger_close(l.ratios, err);
    return ledger_close(l.times, err) && written;
}
/* measure how speed scales */
static double step_rate(struct bench *b, size_t threads, size_t batch,
                        size_t hidden) {
    struct trainer *t =
        trainer_new(b->engine[threads], &b->train, batch, hidden);
    const double pixels = (double)(b->train.height * b->train.width);
    const double weights = 2 * pixels + 3 * 20;
    const double flop = 6 * weights - 2 * pixels;
    const double seconds = trainer_fastest(t, 0.2);
    trainer_free(t);
    return 1e-9 * flop * (double)(hidden * batch) / seconds;
}

static void measure_scaling(struct bench *b, const char *file, bool width,
                            struct error *err) {
    static const size_t size[] = {25, 50, 100, 200, 400, 800, 1600};
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", b->out, file);
    struct series *series = series_open(path, "size one all");
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++) {
        const size_t batch = width ? BATCH : size[i];
        const size_t hidden = width ? size[i] : HIDDEN;
        series_put(series, (double[]){
            (double)size[i], step_rate(b, ONE, batch, hidden),
            step_rate(b, ALL, batch, hidden)});
    }
    if (!series_close(series, err))
        error_exit("bench", err);
}
static void measure_roofline(struct bench *b, struct error *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/bench-roofs.dat", b->out);
    struct series *roofs = series_open(path, "peak bandwidth");
    series_put(roofs, (double[]){1e-9 * bench_peak(b->engine[ONE]),
                                 1e-9 * bench_bandwidth(b->engine[ONE])});
    snprintf(path, sizeof path, "%s/bench-roofline.dat", b->out);
    struct series *points = series_open(path, "intensity ours blas");
    for (size_t i = 0; i <= PRODUCTS; i++) {
        const struct shape *p = &product[i];
        const double bytes = 4.0 * (double)(p->m * p->k + p->k * p->n +
                                            p->m * p->n);
        const double flop = shape_flop(p);
        series_put(points, (double[]){
            flop / bytes, 1e-9 * flop / product_ours(b->engine[ONE], p),
            quotient(1e-9 * flop, product_blas(b->blas, 1, p))});
    }
    const bool closed = series_close(points, err);
    if (!series_close(roofs, err) || !closed)
        error_exit("bench", err);
}
/* measure everything */
static void run_rounds(struct bench *b, const char *program) {
    enum { ENOUGH = 5, PATIENCE = 200, END = 420 };     /* seconds */
    const double begun = bench_now();
    for (b->table.round = 0; b->table.round < ROUNDS; b->table.round++) {
        const double passed = bench_now() - begun;
        if (passed > END ||
            (passed > PATIENCE && b->table.round >= ENOUGH))
            return;
        b->peak = bench_peak(b->engine[ONE]);
        measure_convolutions(b);
        if (!b->only_convolutions) {
            measure_all_products(b);
            measure_step(b);
            measure_load(b);
            measure_loops(b);
            measure_evaluation(b);
            measure_memory(b, program);
        }
        fprintf(stderr, "bench: round %zu of %d\n", b->table.round + 1,
                ROUNDS);
    }
}
static void prepare(struct bench *b, size_t threads) {
    struct error err;
    b->threads[ONE] = 1;
    b->threads[ALL] = threads;
    for (size_t t = ONE; t <= ALL; t++)
        b->engine[t] = engine_new(
            b->threads[t], b->isa > 0 ? isa_choice[b->isa] : NULL);
    if (b->engine[ONE] == NULL)
        error_exit("bench", &(struct error){"this machine has no such "
                                            "instructions"});
    if (!data_load("digits", engine_pool(b->engine[ALL]), &b->train,
                   &b->test, &err))
        error_exit("bench", &err);
    b->trainer[ALL] = trainer_new(b->engine[ALL], &b->train, BATCH, HIDDEN);
}

static void gather(struct bench *b) {
    b->trainer[ONE] = trainer_new(b->engine[ONE], &b->train, BATCH, HIDDEN);
    for (size_t t = ONE; t <= ALL; t++)
        b->samples[t] = samples_new(b->engine[t], &b->train);
    b->loops = bench_loops_new(b->engine[ONE]);
    b->blas = blas_open(engine_isa(b->engine[ONE]));
    b->torch = torch_start();
}
int main(int argc, char **argv) {
    static struct bench b;
    size_t steps = 0;
    struct run_options run = {.threads = 0};
    const struct option own[] = {
        {"train", OPTION_SIZE, &steps, "STEPS",
         "only train, and print peak memory in MB", 0, 0, NULL},
        {"convolutions", OPTION_FLAG, &b.only_convolutions, NULL,
         "only measure convolutions", 0, 0, NULL},
        {"isa", OPTION_CHOICE, &b.isa, "NAME",
         "instruction set, for us and for our peers", 0, 0, isa_choice}};
    /* read the command line of the bench */
    options_start(&(struct program){
        .purpose = "Measures speed against the machine's limit and peers.",
        .options = own, .count = 3}, &run, argc, argv);
    const size_t threads = run.threads;
    b.out = run.out != NULL ? run.out : ".";
    prepare(&b, threads);
    if (steps > 0)
        return train_only(&b, steps);
    gather(&b);
    print_heading(&b);
    run_rounds(&b, argv[0]);
    print_table(&b);
    /* write what was measured */
    struct error err;
    if (!write_ledgers(&b, true, &err))
        error_exit("bench", &err);
    if (!b.only_convolutions && b.isa == 0) {
        measure_scaling(&b, "bench-batch.dat", false, &err);
        measure_scaling(&b, "bench-width.dat", true, &err);
        measure_roofline(&b, &err);
    }
    if (!b.only_convolutions && !write_ledgers(&b, false, &err))
        error_exit("bench", &err);
    torch_stop(b.torch);
    return 0;
}
