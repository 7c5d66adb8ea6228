/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: the bill after each of ten epochs, three seeds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/iwae.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"
#include "workshop/progress.h"

enum { SEEDS = 3, EPOCHS = 10, RUNGS = EPOCHS + 1, HEAD = 10000 };
enum { PATH = 4096 };
enum column { BILL, PIXELS, PRICE, TRAIN, ACTIVE, COLUMNS };

static const char PROGRAM[] = "04-vae/experiment-ladder.c";

/* gather what a climb needs */
struct laboratory {
    struct engine *engine;
    struct dataset train, test;
    const char *name, *out;
};

struct climb {
    struct vae_objective objective; /* first: vae_loss casts to it */
    struct laboratory *lab;
    struct arena *arena, *step;
    struct tape *tape;              /* for scores and pictures */
    struct vae_score score;
    struct progress *progress;
    double rung[RUNGS][COLUMNS];
    double blind, guided, independent;
    char checkpoint[PATH];
};

/* The path of a file in the folder for results; valid until the next. */
static const char *in_folder(const struct laboratory *lab, char path[PATH],
                             const char *file)
{
    snprintf(path, PATH, "%s/%s", lab->out, file);
    return path;
}

/* score one rung */
static void score_rung(struct climb *c, size_t epoch)
{
    struct dataset head = c->lab->train;
    head.count = head.count < HEAD ? head.count : HEAD;
    double *r = c->rung[epoch];
    const struct vae *vae = c->objective.vae;
    vae_evaluate(vae, c->tape, &head, c->objective.seed, &c->score);
    r[TRAIN] = c->score.total;
    vae_evaluate(vae, c->tape, &c->lab->test, c->objective.seed,
                 &c->score);
    r[BILL] = c->score.total;
    r[PIXELS] = c->score.pixels;
    r[PRICE] = c->score.price;
    r[ACTIVE] = (double)c->score.active;
    progress_note(c->progress, "  seed %llu, epoch %2zu: %.2f nats "
                  "(%.2f for pixels, %.2f for the code)",
                  (unsigned long long)c->objective.seed, epoch, r[BILL],
                  r[PIXELS], r[PRICE]);
}

/* watch a climb */
static void watch(void *climb, const struct moment *moment)
{
    struct climb *c = climb;
    progress_step(c->progress, moment->step, moment->recent);
    if (moment->epoch_ends)
        score_rung(c, moment->epoch + 1);
}

/* estimate the evidence blindly */
enum { BLIND_CODES = 1000, BLIND_IMAGES = 100 };

static void measure_blindness(struct climb *c)
{
    const struct vae *vae = c->objective.vae;
    struct dataset few = c->lab->test;
    few.count = BLIND_IMAGES;
    vae_evaluate(vae, c->tape, &few, c->objective.seed, &c->score);
    c->guided = c->score.total;
    struct arena *arena = tape_arena(c->tape);
    struct vae_trial t = vae_trial(c->lab->engine, arena, &few, &vae->sizes,
                                   c->objective.seed, 0, BLIND_IMAGES);
    struct tensor z = vae_prior_codes(c->lab->engine, arena, BLIND_CODES,
                                      vae->sizes.latents,
                                      c->objective.seed);
    struct node *logits = vae_decode(vae, c->tape,
                                     tape_constant(c->tape, z));
    /* price every image under every code */
    size_t pixels = vae->sizes.pixels;
    struct tensor blank = tensor_new1(arena, BLIND_CODES);
    struct tensor black = tensor_new2(arena, BLIND_CODES, pixels);
    kernel_bernoulli_nll(c->lab->engine, BLIND_CODES, pixels,
                         logits->value.data, black.data, blank.data);
    struct tensor hit = tensor_new2(arena, BLIND_IMAGES, BLIND_CODES);
    kernel_matmul(c->lab->engine, &(struct matmul){
        .m = BLIND_IMAGES, .n = BLIND_CODES, .k = pixels,
        .a = t.x.data, .b = logits->value.data, .b_transposed = true,
        .c = hit.data, .start = FROM_ZERO});
    c->blind = 0;
    for (size_t i = 0; i < BLIND_IMAGES; i++) {
        real *log_p = hit.data + i * BLIND_CODES;
        kernel_zip(c->lab->engine, ZIP_SUB, BLIND_CODES, log_p, blank.data,
                   log_p);
        c->blind -= log_mean_exp(BLIND_CODES, log_p) / BLIND_IMAGES;
    }
    tape_reset(c->tape);
}

/* draw the pictures of the first seed */
static int dearer(const void *a, const void *b)
{
    double x = ((const struct vae_latent *)a)->price;
    double y = ((const struct vae_latent *)b)->price;
    return (x < y) - (x > y);
}

static void write_prices(struct climb *c, struct error *err)
{
    vae_evaluate(c->objective.vae, c->tape, &c->lab->test,
                 c->objective.seed, &c->score);
    qsort(c->score.latent, c->score.latents, sizeof *c->score.latent,
          dearer);
    char path[PATH];
    struct series *prices = series_open(
        in_folder(c->lab, path, "ladder-price.dat"), "rank price variance");
    for (size_t j = 0; j < c->score.latents; j++)
        series_put(prices, (double[]){(double)(j + 1),
                                      c->score.latent[j].price,
                                      c->score.latent[j].variance});
    if (!series_close(prices, err))
        error_exit(c->lab->name, err);
}
static void draw_pictures(struct climb *c)
{
    enum { DRAWS = 100, ACROSS = 20, ZOOM = 2 };
    const struct vae *vae = c->objective.vae;
    size_t height = c->lab->test.height, width = c->lab->test.width;
    uint8_t *images = arena_alloc(c->arena, DRAWS, height * width);
    struct error err;
    char path[PATH];
    write_prices(c, &err);
    vae_draw(vae, c->tape, vae_prior_codes(c->lab->engine, c->arena, DRAWS,
                                           vae->sizes.latents, 1), images);
    if (!png_write_grid(in_folder(c->lab, path, "ladder-samples.png"),
                        images, DRAWS, height, width, ACROSS, ZOOM, &err))
        error_exit(c->lab->name, &err);
    size_t index[TEN_DIGITS], n = ten_digits(&c->lab->test, index);
    vae_rebuild(vae, c->tape, &c->lab->test, 1, n, index, images);
    if (!png_write_grid(in_folder(c->lab, path, "ladder-rebuilt.png"),
                        images, 3 * n, height, width, n, ZOOM, &err))
        error_exit(c->lab->name, &err);
}

/* climb the ladder with one seed */
static void begin_climb(struct climb *c, struct laboratory *lab,
                        uint64_t seed)
{
    struct vae_sizes sizes = {lab->test.height * lab->test.width, 200, 50};
    c->lab = lab;
    c->arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    c->step = arena_new(vae_trial_bytes(sizes));
    c->tape = tape_new(lab->engine, c->step);
    c->score = vae_score_new(c->arena, sizes.latents);
    c->objective = (struct vae_objective){vae_new(c->arena, sizes), seed};
    real *mean = vae_mean_image(c->arena, &lab->train);
    vae_initialise(c->objective.vae, seed, mean);
    c->independent = vae_independent_bill(c->arena, mean, &lab->test);
    snprintf(c->checkpoint, PATH, "%s/climb-%d.safetensors", lab->out,
             (int)seed);
}
static void climb(struct climb *c)
{
    struct training training = vae_training(
        c->lab->engine, &c->objective, &c->lab->train, EPOCHS);
    training.checkpoint = c->checkpoint;
    training.go_on = true;
    training.settings = PROGRAM;
    training.history = &c->rung[0][0];
    training.history_count = RUNGS * COLUMNS;
    training.watch = watch;
    training.model = c;
    c->progress = progress_new(stdout, "ladder", "steps", EPOCHS *
                               (c->lab->train.count / training.batch));
    score_rung(c, 0);
    struct error err;
    enum training_end end = training_run(&training, &err);
    progress_end(c->progress);
    if (end == TRAINING_FAILED)
        error_exit(c->lab->name, &err);
    if (end == TRAINING_STOPPED) {
        puts("stopped; the same command goes on from here");
        exit(130);
    }
    measure_blindness(c);
    if (c->objective.seed == 1)
        draw_pictures(c);
}

/* write the ledger */
static struct sample on_rung(const struct climb c[SEEDS], size_t rung,
                             enum column column)
{
    double x[SEEDS];
    for (size_t s = 0; s < SEEDS; s++)
        x[s] = c[s].rung[rung][column];
    return sample_of(SEEDS, x);
}

/* name the results */
static const size_t reported[] = {0, 1, 5, 10};
static const struct { const char *name, *unit; } quantity[COLUMNS] = {
    [BILL] = {"elbo", "nats"}, [PIXELS] = {"pixels", "nats"},
    [PRICE] = {"kl", "nats"}, [TRAIN] = {"train", "nats"},
    [ACTIVE] = {"active", ""},
};

static void put_rung(struct ledger *ledger, const struct climb c[SEEDS],
                     size_t rung, enum column column)
{
    char key[64];
    struct sample s = on_rung(c, rung, column);
    snprintf(key, sizeof key, "vae.ladder.epoch%zu.%s", rung,
             quantity[column].name);
    ledger_put(ledger, key, s.mean, s.deviation, quantity[column].unit);
}
/* say what the latents of the first seed cost */
static void put_prices(struct ledger *ledger,
                       const struct vae_score *score)
{
    const struct vae_latent *latent = score->latent; /* dearest first */
    size_t used = 0;
    while (used + 1 < score->latents && latent[used].price > 0.1)
        used++;
    ledger_put(ledger, "vae.ladder.used", (double)used, NAN, "");
    ledger_put(ledger, "vae.ladder.used_active", (double)score->active,
               NAN, "");
    ledger_put(ledger, "vae.ladder.dearest", latent[0].price, NAN, "nats");
    ledger_put(ledger, "vae.ladder.least_used",
               latent[used ? used - 1 : 0].price, NAN, "nats");
    ledger_put(ledger, "vae.ladder.unused", latent[used].price, NAN,
               "nats");
}
/* put the rungs and the rest */
static void write_ledger(const struct climb c[SEEDS])
{
    char path[PATH];
    struct ledger *ledger = ledger_open(
        in_folder(c->lab, path, "ladder.tsv"), PROGRAM, "mnist",
        "784-200-200-50 tanh, batch 100, Adam 1e-3, seeds 1-3",
        SOURCE_HASH);
    for (size_t i = 0; i < sizeof reported / sizeof reported[0]; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            put_rung(ledger, c, reported[i], (enum column)k);
    /* put the results that are no rungs */
    double blind[SEEDS], guided[SEEDS];
    for (size_t s = 0; s < SEEDS; s++) {
        blind[s] = c[s].blind;
        guided[s] = c[s].guided;
    }
    ledger_put_seeds(ledger, "vae.ladder.blind", SEEDS, blind, "nats");
    ledger_put_seeds(ledger, "vae.ladder.guided", SEEDS, guided, "nats");
    ledger_put(ledger, "vae.ladder.independent", c->independent, NAN,
               "nats");
    put_prices(ledger, &c->score);
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(c->lab->name, &err);
}

/* write the curves */
static void write_curve(const struct climb c[SEEDS])
{
    char path[PATH];
    struct series *curve = series_open(
        in_folder(c->lab, path, "ladder-curve.dat"),
        "epoch bill spread pixels price train active");
    for (size_t r = 0; r < RUNGS; r++) {
        struct sample bill = on_rung(c, r, BILL);
        series_put(curve, (double[]){
            (double)r, bill.mean, bill.deviation,
            on_rung(c, r, PIXELS).mean, on_rung(c, r, PRICE).mean,
            on_rung(c, r, TRAIN).mean, on_rung(c, r, ACTIVE).mean});
    }
    struct error err;
    if (!series_close(curve, &err))
        error_exit(c->lab->name, &err);
}

/* run the experiment */
int main(int argc, char **argv)
{
    static struct climb climbs[SEEDS];
    struct laboratory lab = {0};
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Climbs the ladder of chapter 4 on MNIST."};
    lab.name = options_start(&program, &run, argc, argv);
    lab.out = run.out;
    lab.engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(lab.engine), &lab.train, &lab.test,
                   &err))
        error_exit(lab.name, &err);
    for (size_t s = 0; s < SEEDS; s++) {
        begin_climb(&climbs[s], &lab, s + 1);
        climb(&climbs[s]);
    }
    write_ledger(climbs);
    write_curve(climbs);
    for (size_t s = 0; s < SEEDS; s++)
        remove(climbs[s].checkpoint);
    return program_end(lab.name);
}
