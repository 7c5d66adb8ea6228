/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: probabilistic PCA exactly, and a linear VAE trained against it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "00-foundations/elementary.h"
#include "04-vae/eigen.h"
#include "04-vae/gaussian.h"
#include "04-vae/linear.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { SEEDS = 3, EPOCHS = 30, LATENTS = 30, LEADING = 50, SHOWN = 10 };
enum { PATH = 4096 };
enum measure { BOUND, EVIDENCE, VARIANCE, ALIGNED, MEASURES };

/* gather what is known and what is tried */
struct laboratory {
    struct engine *engine;
    struct dataset train, test;
    const char *name, *out;
    struct arena *arena;
    struct moments moments;
    double values[LEADING], *axes;      /* axes[LEADING, pixels] */
    double exact, variance;             /* of LATENTS latents */
    double reached[SEEDS][EPOCHS + 1][MEASURES];
    double *columns;                    /* of seed 1, [SHOWN, pixels] */
};


/* compare the columns with the axes */
static double best_cosine(const struct linear_model *model,
                          const double *axis, double *signed_column)
{
    size_t n = model->pixels;
    double best = 0;
    for (size_t j = 0; j < model->latents; j++) {
        const double *w = model->w + j * n;
        double c = matrix_dot(n, w, axis) / sqrt(matrix_dot(n, w, w));
        if (fabs(c) <= fabs(best))
            continue;
        best = c;
        for (size_t i = 0; signed_column && i < n; i++)
            signed_column[i] = c < 0 ? -w[i] : w[i];
    }
    return fabs(best);
}

/* measure the trained model */
static void measure(struct laboratory *lab, const struct linear_vae *vae,
                    size_t seed, size_t epoch)
{
    size_t mark = arena_mark(lab->arena);
    struct linear_model model;
    struct linear_guess guess;
    double *m = lab->reached[seed][epoch];
    linear_vae_export(vae, lab->arena, &model, &guess);
    m[BOUND] = linear_bound(&lab->moments, &model, &guess, lab->arena);
    m[EVIDENCE] = linear_log_likelihood(&lab->moments, &model, lab->arena);
    m[VARIANCE] = model.variance;
    m[ALIGNED] = 0;
    for (size_t k = 0; k < SHOWN; k++)
        m[ALIGNED] += best_cosine(
            &model, lab->axes + k * model.pixels,
            seed == 0 ? lab->columns + k * model.pixels : NULL) / SHOWN;
    arena_release(lab->arena, mark);
    printf("seed %zu, epoch %2zu: bound %.3f, evidence %.3f, aligned "
           "%.4f\n", seed + 1, epoch, m[BOUND], m[EVIDENCE], m[ALIGNED]);
    fflush(stdout);
}

/* train one linear VAE */
struct run {
    struct linear_vae *vae;             /* lent to the loss */
    struct laboratory *lab;
    size_t seed;
};

static struct node *loss(void *run, struct tape *tape,
                         const struct batch *batch)
{
    return linear_vae_loss(((struct run *)run)->vae, tape, batch);
}

static real rate(void *run, uint64_t step, uint64_t steps)
{
    (void)run;
    real left = 1 - (real)step / (real)steps;
    return (real)3e-3 * left * left;
}

static void watch(void *run, const struct moment *moment)
{
    struct run *r = run;
    if (moment->epoch_ends)
        measure(r->lab, r->vae, r->seed, moment->epoch + 1);
}
static void train_one(struct laboratory *lab, size_t seed)
{
    size_t n = lab->moments.pixels;
    struct arena *arena = arena_new((size_t)32 << 20);
    struct run run = {linear_vae_new(arena, n, LATENTS, seed + 1), lab,
                      seed};
    for (size_t i = 0; i < n; i++)
        run.vae->centre[i] = (real)lab->moments.mean[i];
    linear_vae_initialise(run.vae, lab->moments.trace / (double)n);
    measure(lab, run.vae, seed, 0);
    struct training training = {
        .engine = lab->engine, .parameters = run.vae->parameters,
        .data = &lab->train, .batch = 100, .epochs = EPOCHS,
        .seed = seed + 1, .rate = rate, .loss = loss, .watch = watch,
        .model = &run,
        .adam = {.rate = (real)3e-3, .beta1 = (real)0.9,
                 .beta2 = (real)0.999, .epsilon = (real)1e-8}};
    struct error err;
    enum training_end end = training_run(&training, &err);
    int status = training_report(&training, end, &err, lab->name);
    if (status != 0)
        exit(status);
    arena_free(arena);
}

/* work out what needs no training */
static double grey_floor(const struct dataset *data)
{
    uint64_t count[256] = {0};
    size_t all = data->count * data->height * data->width;
    for (size_t i = 0; i < all; i++)
        count[data->pixels[i]]++;
    double floor = 0;
    for (size_t v = 1; v < 255; v++) {
        double p = (double)v / 255;
        /* cppcheck-suppress invalidFunctionArg; p is not 0 */
        floor -= (double)count[v] * (p * log(p) + (1 - p) * log(1 - p));
    }
    return floor / (double)data->count;
}

static double leaning_price(void)
{
    const double covariance[4] = {1, 0.9, 0.9, 1}, unit[4] = {1, 0, 0, 1};
    const double zero[2] = {0, 0};
    double l[4], work[6];
    cholesky(2, covariance, l);
    return gaussian_kl_full(2, zero, l, zero, unit, work);
}
static double exact_on_test(struct laboratory *lab)
{
    size_t n = lab->moments.pixels, mark = arena_mark(lab->arena);
    struct moments test = moments_of(&lab->test, lab->moments.mean,
                                     lab->arena);
    struct linear_model model = {
        n, LATENTS, arena_alloc(lab->arena, LATENTS * n, sizeof(double)),
        lab->variance};
    for (size_t i = 0; i < LATENTS * n; i++)
        model.w[i] = sqrt(lab->values[i / n] - lab->variance) *
                     lab->axes[i];
    double value = linear_log_likelihood(&test, &model, lab->arena);
    arena_release(lab->arena, mark);
    return value;
}

/* write down what training reached */
static void put(struct ledger *ledger, const char *key,
                const struct laboratory *lab, enum measure measure,
                const char *unit)
{
    double last[SEEDS];
    for (size_t s = 0; s < SEEDS; s++)
        last[s] = lab->reached[s][EPOCHS][measure];
    ledger_put_seeds(ledger, key, SEEDS, last, unit);
}
static void put_exact(struct ledger *ledger, struct laboratory *lab)
{
    const struct { const char *key; size_t latents; } exact[] = {
        {"vae.linear.exact2", 2}, {"vae.linear.exact10", 10},
        {"vae.linear.exact30", LATENTS}, {"vae.linear.exact50", 50}};
    double variance;
    for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
        ledger_put(ledger, exact[i].key, ppca_log_likelihood(
            lab->moments.pixels, exact[i].latents, lab->values,
            lab->moments.trace, &variance), NAN, "nats");
    ledger_put(ledger, "vae.linear.exact30_test", exact_on_test(lab), NAN,
               "nats");
    ledger_put(ledger, "vae.linear.variance", lab->variance, NAN, "");
    double price = 0;
    for (size_t j = 0; j < LATENTS; j++)
        price += log(lab->values[j] / lab->variance) / 2;
    ledger_put(ledger, "vae.linear.price", price, NAN, "nats");
    ledger_put(ledger, "vae.linear.grey_floor", grey_floor(&lab->train),
               NAN, "nats");
    ledger_put(ledger, "vae.linear.leaning", leaning_price(), NAN, "nats");
}
static void write_ledger(struct laboratory *lab)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/linear-vae.tsv", lab->out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-linear-vae.c", "mnist", "30 latents, "
        "30 epochs, batch 100, Adam 3e-3 (1 - t)^2, seeds 1-3",
        SOURCE_HASH);
    put_exact(ledger, lab);
    put(ledger, "vae.linear.bound", lab, BOUND, "nats");
    put(ledger, "vae.linear.evidence", lab, EVIDENCE, "nats");
    put(ledger, "vae.linear.trained_variance", lab, VARIANCE, "");
    put(ledger, "vae.linear.aligned", lab, ALIGNED, "");
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(lab->name, &err);
}
static void write_curve(struct laboratory *lab)
{
    char path[PATH];
    snprintf(path, sizeof path, "%s/linear-vae.dat", lab->out);
    struct series *curve = series_open(path, "epoch bound evidence");
    for (size_t e = 1; e <= EPOCHS; e++)
        series_put(curve, (double[]){
            (double)e, lab->exact - lab->reached[0][e][BOUND],
            lab->exact - lab->reached[0][e][EVIDENCE]});
    struct error err;
    if (!series_close(curve, &err))
        error_exit(lab->name, &err);
}

/* draw the axes and the columns */
static void draw_axes(struct laboratory *lab)
{
    size_t n = lab->moments.pixels;
    uint8_t *images = arena_alloc(lab->arena, 2 * SHOWN, n);
    for (size_t k = 0; k < 2 * SHOWN; k++) {
        const double *v = k < SHOWN ? lab->axes + k * n
                                    : lab->columns + (k - SHOWN) * n;
        double most = 0;
        for (size_t i = 0; i < n; i++)
            most = fabs(v[i]) > most ? fabs(v[i]) : most;
        for (size_t i = 0; i < n; i++)
            images[k * n + i] = (uint8_t)(127.5 + 127 * v[i] / most);
    }
    char path[PATH];
    struct error err;
    snprintf(path, sizeof path, "%s/linear-vae-axes.png", lab->out);
    if (!png_write_grid(path, images, 2 * SHOWN, lab->train.height,
                        lab->train.width, SHOWN, 2, &err))
        error_exit(lab->name, &err);
}

/* run the linear model */
int main(int argc, char **argv)
{
    static struct laboratory lab;
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains a linear VAE towards its exact optimum."};
    lab.name = options_start(&program, &run, argc, argv);
    lab.out = run.out;
    lab.engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(lab.engine), &lab.train, &lab.test,
                   &err))
        error_exit(lab.name, &err);
    /* compute the moments and the axes */
    size_t pixels = lab.train.height * lab.train.width;
    lab.arena = arena_new((size_t)256 << 20);
    lab.moments = moments_of(&lab.train, NULL, lab.arena);
    lab.axes = arena_alloc(lab.arena, LEADING * pixels, sizeof(double));
    lab.columns = arena_alloc(lab.arena, SHOWN * pixels, sizeof(double));
    eigen_leading(pixels, lab.moments.about, LEADING, lab.arena, lab.values,
                  lab.axes);
    lab.exact = ppca_log_likelihood(pixels, LATENTS, lab.values,
                                    lab.moments.trace, &lab.variance);
    printf("exact: %.4f nats an image, variance %.6f\n", lab.exact,
           lab.variance);
    fflush(stdout);
    for (size_t s = 0; s < SEEDS; s++)
        train_one(&lab, s);
    write_curve(&lab);
    write_ledger(&lab);
    draw_axes(&lab);
    return program_end(lab.name);
}
