/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Embedded digits: the sum over pixels against the mean over pixels;
   replayed by make check. */
#include <math.h>
#include <stdio.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { SEEDS = 3, TRAIN = 30000, TEST = 2000, DRAWS = 12, ZOOM = 2 };
enum column { LOSS, BILL, PRICE, ACTIVE, COLUMNS };
enum { PATH = 4096 };

/* charge the mean over pixels */
static struct node *mistaken_loss(void *objective, struct tape *tape,
                                  const struct batch *batch)
{
    const struct vae_objective *o = objective;
    struct tensor x, eps;
    vae_present(tape_engine(tape), tape_arena(tape), &o->vae->sizes,
                o->seed, batch, &x, &eps);
    struct vae_bill bill = vae_bill(o->vae, tape, x, eps);
    real pixels = (real)o->vae->sizes.pixels;
    struct node *mean = op_scale(tape, bill.pixels, 1 / pixels);
    return op_mean(tape, op_add(tape, mean, bill.price));
}

/* train with either loss and score the result */
struct trial {
    struct vae_objective objective; /* first: the losses cast to it */
    struct engine *engine;
    struct dataset train, test;
    double reported;                /* mean loss of the last steps */
    uint8_t *draws;                 /* [DRAWS, pixels], or NULL */
    const char *name;
};

static void note_loss(void *trial, const struct moment *moment)
{
    ((struct trial *)trial)->reported = moment->recent;
}

static void try_loss(struct trial *t, bool mistaken, double out[COLUMNS])
{
    struct vae_sizes sizes = {t->test.height * t->test.width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    struct arena *step = arena_new(vae_trial_bytes(sizes));
    struct tape *tape = tape_new(t->engine, step);
    struct vae *vae = t->objective.vae = vae_new(arena, sizes);
    vae_initialise(vae, t->objective.seed,
                   vae_mean_image(arena, &t->train));
    struct training training = vae_training(t->engine, &t->objective,
                                            &t->train, 1);
    training.loss = mistaken ? mistaken_loss : vae_loss;
    training.model = t;
    training.watch = note_loss;
    struct error err;
    if (training_run(&training, &err) == TRAINING_FAILED)
        error_exit(t->name, &err);
    /* score the trained model */
    struct vae_score score = vae_score_new(arena, sizes.latents);
    vae_evaluate(vae, tape, &t->test, t->objective.seed, &score);
    out[LOSS] = t->reported;
    out[BILL] = score.total;
    out[PRICE] = score.price;
    out[ACTIVE] = (double)score.active;
    if (t->draws)
        vae_draw(vae, tape, vae_prior_codes(t->engine, arena, DRAWS,
                                            sizes.latents, 1), t->draws);
    arena_free(step);
    arena_free(arena);
}

/* record the mean and the spread over seeds */
static void put(struct ledger *ledger, const char *key,
                double x[SEEDS][COLUMNS], enum column column,
                const char *unit)
{
    double mean = 0, square = 0;
    for (size_t s = 0; s < SEEDS; s++)
        mean += x[s][column] / SEEDS;
    for (size_t s = 0; s < SEEDS; s++)
        square += (x[s][column] - mean) * (x[s][column] - mean);
    ledger_put(ledger, key, mean, sqrt(square / (SEEDS - 1)), unit);
}

/* run both losses for every seed */
static void run_seeds(struct trial *t, double right[SEEDS][COLUMNS],
                      double wrong[SEEDS][COLUMNS], uint8_t *draws,
                      size_t pixels)
{
    for (size_t s = 0; s < SEEDS; s++) {
        t->objective.seed = s + 1;
        t->draws = s == 0 ? draws : NULL;
        try_loss(t, false, right[s]);
        t->draws = s == 0 ? draws + DRAWS * pixels : NULL;
        try_loss(t, true, wrong[s]);
        printf("seed %zu: the sum %.1f nats, the mean %.1f\n", s + 1,
               right[s][BILL], wrong[s][BILL]);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains with the sum and with the mean over pixels."};
    struct trial t = {.name = options_start(&program, &run, argc, argv)};
    struct error err;
    t.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(t.engine), &t.train, &t.test,
                   &err))
        error_exit(t.name, &err);
    t.train.count = t.train.count < TRAIN ? t.train.count : TRAIN;
    t.test.count = t.test.count < TEST ? t.test.count : TEST;
    /* try both and write the ledger */
    double right[SEEDS][COLUMNS], wrong[SEEDS][COLUMNS];
    size_t pixels = t.test.height * t.test.width;
    struct arena *arena = arena_new((pixels * 64) + (1 << 16));
    uint8_t *draws = arena_alloc(arena, 2 * DRAWS, pixels);
    double independent = vae_independent_bill(
        arena, vae_mean_image(arena, &t.train), &t.test);
    run_seeds(&t, right, wrong, draws, pixels);
    char path[PATH];
    snprintf(path, sizeof path, "%s/mean-over-pixels.tsv", run.out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-mean-over-pixels.c", run.data,
        "30000 images once, batch 100, Adam 1e-3, seeds 1-3",
        SOURCE_HASH);
    put(ledger, "vae.mean_over_pixels.loss", wrong, LOSS, "");
    put(ledger, "vae.mean_over_pixels.kl", wrong, PRICE, "nats");
    put(ledger, "vae.mean_over_pixels.elbo", wrong, BILL, "nats");
    put(ledger, "vae.mean_over_pixels.active", wrong, ACTIVE, "latents");
    put(ledger, "vae.mean_over_pixels.loss_of_sum", right, LOSS, "nats");
    put(ledger, "vae.mean_over_pixels.kl_of_sum", right, PRICE, "nats");
    put(ledger, "vae.mean_over_pixels.elbo_of_sum", right, BILL, "nats");
    put(ledger, "vae.mean_over_pixels.active_of_sum", right, ACTIVE,
        "latents");
    ledger_put(ledger, "vae.mean_over_pixels.independent", independent, NAN,
               "nats");
    snprintf(path, sizeof path, "%s/mean-over-pixels.png", run.out);
    if (!ledger_close(ledger, &err) ||
        !png_write_grid(path, draws, 2 * DRAWS,
                        t.test.height, t.test.width, DRAWS, ZOOM, &err))
        error_exit(t.name, &err);
    return program_end(t.name);
}
