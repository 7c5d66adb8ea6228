/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Embedded digits: what mistakes do to a model; replayed by make check. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
static struct node *mean_over_pixels(void *objective, struct tape *tape,
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

/* list the mistakes */
static const struct {
    const char *name;
    struct node *(*loss)(void *, struct tape *, const struct batch *);
    bool zero_biases;
} mistake[] = {
    {"none", vae_loss, false},
    {"mean", mean_over_pixels, false},
    {"zero_biases", vae_loss, true},
};
enum { MISTAKES = sizeof mistake / sizeof mistake[0], SHOWN = 2 };

/* train with a mistake and score the result */
struct trial {
    struct vae_objective objective; /* first: the losses cast to it */
    struct engine *engine;
    struct dataset train, test;
    double reported;                /* mean loss of the last steps */
    const char *name;
};

static void note_loss(void *trial, const struct moment *moment)
{
    ((struct trial *)trial)->reported = moment->recent;
}

/* draws [DRAWS, pixels], or NULL */
static void try_mistake(struct trial *t, size_t m, double out[COLUMNS],
                        uint8_t *draws)
{
    struct vae_sizes sizes = {t->test.height * t->test.width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    struct arena *step = arena_new(vae_trial_bytes(sizes));
    struct tape *tape = tape_new(t->engine, step);
    struct vae *vae = t->objective.vae = vae_new(arena, sizes);
    vae_initialise(vae, t->objective.seed,
                   vae_mean_image(arena, &t->train));
    if (mistake[m].zero_biases)
        memset(vae->logits.b->value.data, 0, sizes.pixels * sizeof(real));
    /* train on the images once */
    struct training training = vae_training(t->engine, &t->objective,
                                            &t->train, 1);
    training.loss = mistake[m].loss;
    training.model = t;
    training.watch = note_loss;
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, t->name));
    /* score the trained model */
    struct vae_score score = vae_score_new(arena, sizes.latents);
    vae_evaluate(vae, tape, &t->test, t->objective.seed, &score);
    out[LOSS] = t->reported;
    out[BILL] = score.total;
    out[PRICE] = score.price;
    out[ACTIVE] = (double)score.active;
    if (draws)
        vae_draw(vae, tape, vae_prior_codes(t->engine, arena, DRAWS,
                                            sizes.latents, 1), draws);
    arena_free(step);
    arena_free(arena);
}

/* record the mean and the spread over seeds */
static const struct { const char *name, *unit; } quantity[COLUMNS] = {
    [LOSS] = {"loss", ""}, [BILL] = {"elbo", "nats"},
    [PRICE] = {"kl", "nats"}, [ACTIVE] = {"active", ""},
};

static void put(struct ledger *ledger, const char *name,
                double x[SEEDS][COLUMNS])
{
    for (size_t k = 0; k < COLUMNS; k++) {
        char key[64];
        double of_seed[SEEDS];
        for (size_t s = 0; s < SEEDS; s++)
            of_seed[s] = x[s][k];
        snprintf(key, sizeof key, "vae.mistakes.%s.%s", name,
                 quantity[k].name);
        ledger_put_seeds(ledger, key, SEEDS, of_seed, quantity[k].unit);
    }
}

/* make every mistake with every seed */
static void make_mistakes(struct trial *t, struct ledger *ledger,
                          uint8_t *draws)
{
    size_t pixels = t->test.height * t->test.width;
    for (size_t m = 0; m < MISTAKES; m++) {
        double x[SEEDS][COLUMNS];
        for (size_t s = 0; s < SEEDS; s++) {
            bool shown = s == 0 && m < SHOWN;
            t->objective.seed = s + 1;
            try_mistake(t, m, x[s],
                        shown ? draws + m * DRAWS * pixels : NULL);
        }
        put(ledger, mistake[m].name, x);
        printf("%s: %.1f nats\n", mistake[m].name, x[0][BILL]);
        fflush(stdout);
    }
}
int main(int argc, char **argv)
{
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains with the commonest mistakes and without."};
    struct trial t = {.name = options_start(&program, &run, argc, argv)};
    struct error err;
    t.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(t.engine), &t.train, &t.test,
                   &err))
        error_exit(t.name, &err);
    t.train.count = t.train.count < TRAIN ? t.train.count : TRAIN;
    t.test.count = t.test.count < TEST ? t.test.count : TEST;
    /* make the mistakes and write the ledger */
    size_t pixels = t.test.height * t.test.width;
    struct arena *arena = arena_new((pixels * 64) + (1 << 16));
    uint8_t *draws = arena_alloc(arena, SHOWN * DRAWS, pixels);
    char path[PATH];
    snprintf(path, sizeof path, "%s/mistakes.tsv", run.out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-mistakes.c", run.data,
        "30000 images once, batch 100, Adam 1e-3, seeds 1-3", SOURCE_HASH);
    make_mistakes(&t, ledger, draws);
    double independent = vae_independent_bill(
        arena, vae_mean_image(arena, &t.train), &t.test);
    ledger_put(ledger, "vae.mistakes.independent", independent, NAN,
               "nats");
    snprintf(path, sizeof path, "%s/mistakes-draws.png", run.out);
    if (!ledger_close(ledger, &err) ||
        !png_write_grid(path, draws, SHOWN * DRAWS, t.test.height,
                        t.test.width, DRAWS, ZOOM, &err))
        error_exit(t.name, &err);
    return program_end(t.name);
}
