/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Embedded digits: grey pixels, a lost sign, and scores without a draw. */
#include <stdio.h>
#include <stdlib.h>

#include "00-foundations/ops.h"
#include "04-vae/evaluate.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SEEDS = 3, TRAIN = 30000, TEST = 2000, BATCH = 500, PATH = 4096 };

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

/* lose the sign of the price */
static struct node *sign_loss(void *trial, struct tape *tape,
                              const struct batch *batch)
{
    const struct vae_objective *o = trial;
    struct tensor x, eps;
    vae_present(tape_engine(tape), tape_arena(tape), &o->vae->sizes,
                o->seed, batch, &x, &eps);
    struct vae_bill bill = vae_bill(o->vae, tape, x, eps);
    return op_mean(tape, op_sub(tape, bill.pixels, bill.price));
}

/* note what a user would see */
enum seen {
    NONE_LOSS, NONE_BILL, MIDDLE, ERROR_MIDDLE, ERROR_DRAWN, GREY_LOSS,
    GREY_BILL, SIGN_NEGATIVE, SIGN_STEPS, SIGN_LOSS, SEEN
};

struct trial {
    struct vae_objective objective;     /* first: the losses cast to it */
    struct engine *engine;
    struct dataset train, test;
    const char *name;
    double recent, last, steps, negative;
};

static void note(void *trial, const struct moment *moment)
{
    struct trial *t = trial;
    t->recent = moment->recent;
    t->last = moment->loss;
    t->steps = (double)moment->step;
    if (moment->loss < 0 && t->negative == 0)
        t->negative = (double)moment->step;
}

/* score with and without a draw */
static void score_batch(struct trial *t, struct tape *tape, size_t first,
                        double seen[SEEN])
{
    const struct vae *vae = t->objective.vae;
    size_t pixels = vae->sizes.pixels;
    tape_reset(tape);
    struct vae_trial b = vae_trial(t->engine, tape_arena(tape), &t->test,
                                   &vae->sizes, t->objective.seed, first,
                                   BATCH);
    struct node *x = tape_constant(tape, b.x);
    struct vae_code code = vae_encode(vae, tape, x);
    struct node *z = op_gaussian_sample(tape, code.mu, code.logvar,
                                        tape_constant(tape, b.eps));
    struct node *middle = vae_decode(vae, tape, code.mu);
    struct node *nll = op_bernoulli_nll(tape, middle, x);
    struct node *kl = op_gaussian_kl(tape, code.mu, code.logvar);
    seen[MIDDLE] += (double)op_mean(tape, op_add(tape, nll, kl))
                        ->value.data[0] * BATCH / TEST;
    struct node *guess[2] = {op_sigmoid(tape, middle),
                             op_sigmoid(tape, vae_decode(vae, tape, z))};
    for (size_t i = 0; i < 2 * BATCH * pixels; i++) {
        size_t k = i % (BATCH * pixels), drawn = i / (BATCH * pixels);
        double miss = (double)guess[drawn]->value.data[k] -
                      (double)b.grey.data[k];
        seen[drawn ? ERROR_DRAWN : ERROR_MIDDLE] += miss * miss / TEST;
    }
    tape_reset(tape);
}

/* train with one of the losses */
enum loss { RIGHT, GREY, SIGN };

static void train(struct trial *t, enum loss loss, struct arena *arena,
                  struct vae_sizes sizes)
{
    t->objective.vae = vae_new(arena, sizes);
    t->recent = t->last = t->steps = t->negative = 0;
    vae_initialise(t->objective.vae, t->objective.seed,
                   vae_mean_image(arena, &t->train));
    struct training training = vae_training(t->engine, &t->objective,
                                            &t->train, 1);
    training.loss = loss == RIGHT ? vae_loss
                  : loss == GREY ? grey_loss : sign_loss;
    training.model = t;
    training.watch = note;
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end == TRAINING_STOPPED || (end == TRAINING_FAILED && loss != SIGN))
        exit(training_report(&training, end, &err, t->name));
}
static void try_loss(struct trial *t, enum loss loss, double seen[SEEN])
{
    struct vae_sizes sizes = {t->test.height * t->test.width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    struct arena *step = arena_new(2 * vae_trial_bytes(sizes));
    struct tape *tape = tape_new(t->engine, step);
    train(t, loss, arena, sizes);
    struct vae_score score = vae_score_new(arena, sizes.latents);
    if (loss != SIGN) {
        vae_evaluate(t->objective.vae, tape, &t->test, t->objective.seed,
                     &score);
        seen[loss == RIGHT ? NONE_LOSS : GREY_LOSS] = t->recent;
        seen[loss == RIGHT ? NONE_BILL : GREY_BILL] = score.total;
    } else {
        seen[SIGN_NEGATIVE] = t->negative;
        seen[SIGN_STEPS] = t->steps;
        seen[SIGN_LOSS] = t->last;
    }
    for (size_t i = 0; loss == RIGHT && i < t->test.count; i += BATCH)
        score_batch(t, tape, i, seen);
    arena_free(step);
    arena_free(arena);
}

/* make each mistake with each seed */
static void make_mistakes(struct trial *t, const char *out)
{
    static const char *const key[SEEN] = {
        "vae.wrong.none.loss", "vae.wrong.none.bill", "vae.wrong.middle",
        "vae.wrong.error_middle", "vae.wrong.error_drawn",
        "vae.wrong.grey.loss", "vae.wrong.grey.bill",
        "vae.wrong.sign.negative", "vae.wrong.sign.steps",
        "vae.wrong.sign.loss"};
    double x[SEEDS][SEEN] = {{0}};
    for (size_t s = 0; s < SEEDS; s++) {
        t->objective.seed = s + 1;
        try_loss(t, RIGHT, x[s]);
        try_loss(t, GREY, x[s]);
        try_loss(t, SIGN, x[s]);
        for (size_t k = 0; k < SEEN; k++)
            printf("  %s %g\n", key[k], x[s][k]);
        fflush(stdout);
    }
    /* write what each loss looked like */
    char path[PATH];
    snprintf(path, sizeof path, "%s/wrong-losses.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-wrong-losses.c", "digits",
        "30000 images once, batch 100, Adam 1e-3, seeds 1-3", SOURCE_HASH);
    /* put means and spreads */
    for (size_t k = 0; k < SEEN; k++) {
        double of_seed[SEEDS];
        for (size_t s = 0; s < SEEDS; s++)
            of_seed[s] = x[s][k];
        ledger_put_seeds(ledger, key[k], SEEDS, of_seed, "");
    }
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(t->name, &err);
}

/* read the digits and make the mistakes */
int main(int argc, char **argv)
{
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains with two wrong losses, and scores wrongly."};
    struct trial t = {.name = options_start(&program, &run, argc, argv)};
    struct error err;
    t.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(t.engine), &t.train, &t.test,
                   &err))
        error_exit(t.name, &err);
    t.train.count = t.train.count < TRAIN ? t.train.count : TRAIN;
    t.test.count = t.test.count < TEST ? t.test.count : TEST;
    make_mistakes(&t, run.out);
    return program_end(t.name);
}
