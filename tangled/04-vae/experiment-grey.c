/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: the grey pixels as they are in the loss of coins, ten epochs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "00-foundations/ops.h"
#include "04-vae/evaluate.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SEEDS = 3, EPOCHS = 10, BATCH = 500, PATH = 4096 };
enum seen { LOSS, OWN, BILL, PRICE, ACTIVE, SEEN };

/* put grey pixels into the loss of coins */
static struct node *grey_loss(void *trial, struct tape *tape,
                              const struct batch *batch)
{
    const struct vae_objective *o = trial;
    struct tensor x, eps;
    vae_present(tape_engine(tape), tape_arena(tape), &o->vae->sizes,
                o->seed, batch, &x, &eps);
    return op_mean(tape, vae_bill(o->vae, tape, batch->x, eps).total);
}

/* note the loss that is reported */
struct trial {
    struct vae_objective objective;     /* first: the loss casts to it */
    struct engine *engine;
    struct dataset train, test;
    const char *name;
    double reported;                    /* mean loss of the last steps */
};

static void note(void *trial, const struct moment *moment)
{
    ((struct trial *)trial)->reported = moment->recent;
}

/* price the grey images of the test set */
static double grey_bill(struct trial *t, struct tape *tape)
{
    const struct vae *vae = t->objective.vae;
    double bill = 0;
    for (size_t first = 0; first < t->test.count; first += BATCH) {
        size_t left = t->test.count - first;
        size_t n = left < BATCH ? left : BATCH;
        tape_reset(tape);
        struct vae_trial b = vae_trial(t->engine, tape_arena(tape),
                                       &t->test, &vae->sizes,
                                       t->objective.seed, first, n);
        const real *total = vae_bill(vae, tape, b.grey, b.eps).total
                                ->value.data;
        for (size_t i = 0; i < n; i++)
            bill += (double)total[i] / (double)t->test.count;
    }
    tape_reset(tape);
    return bill;
}

/* train on greys and score */
static void train_on_greys(struct trial *t, size_t s,
                           double x[SEEN][SEEDS])
{
    struct vae_sizes sizes = {t->test.height * t->test.width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    struct tape *tape = tape_new(t->engine,
                                 arena_new(vae_trial_bytes(sizes)));
    t->objective = (struct vae_objective){vae_new(arena, sizes), s + 1};
    vae_initialise(t->objective.vae, s + 1,
                   vae_mean_image(arena, &t->train));
    struct training training = vae_training(t->engine, &t->objective,
                                            &t->train, EPOCHS);
    training.loss = grey_loss;
    training.watch = note;
    training.model = t;
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, t->name));
    /* note what a user would see of the greys */
    struct vae_score score = vae_score_new(arena, sizes.latents);
    vae_evaluate(t->objective.vae, tape, &t->test, s + 1, &score);
    x[LOSS][s] = t->reported;
    x[OWN][s] = grey_bill(t, tape);
    x[BILL][s] = score.total;
    x[PRICE][s] = score.price;
    x[ACTIVE][s] = (double)score.active;
    printf("seed %zu: reported %.2f, grey %.2f, tossed %.2f nats\n", s + 1,
           x[LOSS][s], x[OWN][s], x[BILL][s]);
    fflush(stdout);
    arena_free(tape_arena(tape));
    arena_free(arena);
}
static void write_ledger(const struct trial *t, double x[SEEN][SEEDS],
                         const char *out)
{
    static const char *const key[SEEN] = {
        "vae.grey.loss", "vae.grey.own", "vae.grey.bill", "vae.grey.kl",
        "vae.grey.active"};
    char path[PATH];
    snprintf(path, sizeof path, "%s/grey.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-grey.c", "mnist", "784-200-200-50 tanh, "
        "10 epochs, batch 100, Adam 1e-3, seeds 1-3", SOURCE_HASH);
    for (size_t k = 0; k < SEEN; k++)
        ledger_put_seeds(ledger, key[k], SEEDS, x[k],
                         k == ACTIVE ? "" : "nats");
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(t->name, &err);
}

int main(int argc, char **argv)
{
    static struct trial t;
    struct run_options run = {.data = "mnist", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains on grey pixels as if they were coins."};
    struct error err;
    double x[SEEN][SEEDS];
    t.name = options_start(&program, &run, argc, argv);
    t.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(t.engine), &t.train, &t.test,
                   &err))
        error_exit(t.name, &err);
    for (size_t s = 0; s < SEEDS; s++)
        train_on_greys(&t, s, x);
    write_ledger(&t, x, run.out);
    return program_end(t.name);
}
