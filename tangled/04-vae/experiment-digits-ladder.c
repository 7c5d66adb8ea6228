/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Embedded digits: what the demonstration of chapter 4 should print. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "04-vae/evaluate.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"

enum { SEEDS = 3, SHORT = 10, LONG = 40, LATENTS = 10, PATH = 4096 };
static const size_t rung_at[] = {0, 1, 5, 8, 10, 40};
enum { RUNGS = sizeof rung_at / sizeof rung_at[0] };
enum column { BILL, PIXELS, PRICE, ACTIVE, COLUMNS };

/* score the rungs of a climb on digits */
struct climb {
    struct vae_objective objective;     /* first: vae_loss casts to it */
    struct engine *engine;
    struct dataset train, test;
    const char *name;
    struct tape *tape;
    struct vae_score score;
    double rung[RUNGS][COLUMNS][SEEDS], independent;
};

static void score_rung(struct climb *c, size_t epochs)
{
    size_t r = 0, s = c->objective.seed - 1;
    while (r < RUNGS && rung_at[r] != epochs)
        r++;
    if (r == RUNGS)
        return;
    vae_evaluate(c->objective.vae, c->tape, &c->test, c->objective.seed,
                 &c->score);
    c->rung[r][BILL][s] = c->score.total;
    c->rung[r][PIXELS][s] = c->score.pixels;
    c->rung[r][PRICE][s] = c->score.price;
    c->rung[r][ACTIVE][s] = (double)c->score.active;
    printf("seed %zu, epoch %2zu: %.2f nats\n", s + 1, epochs,
           c->score.total);
    fflush(stdout);
}

/* climb on digits */
static void watch(void *climb, const struct moment *moment)
{
    if (moment->epoch_ends)
        score_rung(climb, moment->epoch + 1);
}

static void climb(struct climb *c, size_t s)
{
    struct vae_sizes sizes = {c->test.height * c->test.width, 200, LATENTS};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    c->tape = tape_new(c->engine, arena_new(vae_trial_bytes(sizes)));
    c->score = vae_score_new(arena, LATENTS);
    c->objective = (struct vae_objective){vae_new(arena, sizes), s + 1};
    real *mean = vae_mean_image(arena, &c->train);
    c->independent = vae_independent_bill(arena, mean, &c->test);
    vae_initialise(c->objective.vae, s + 1, mean);
    score_rung(c, 0);
    struct training training = vae_training(
        c->engine, &c->objective, &c->train, s == 0 ? LONG : SHORT);
    training.watch = watch;
    training.model = c;
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, c->name));
    arena_free(tape_arena(c->tape));
    arena_free(arena);
}

/* write the ladder of the digits */
static void write_ledger(const struct climb *c, const char *out)
{
    static const char *const name[COLUMNS] = {
        [BILL] = "elbo", [PIXELS] = "pixels", [PRICE] = "kl",
        [ACTIVE] = "active"};
    char path[PATH], key[64];
    snprintf(path, sizeof path, "%s/digits-ladder.tsv", out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-digits-ladder.c", "digits", "784-200-200-"
        "10 tanh, batch 100, Adam 1e-3, seeds 1-3, the last rung seed 1",
        SOURCE_HASH);
    ledger_put(ledger, "vae.digits.independent", c->independent, NAN,
               "nats");
    for (size_t r = 0; r < RUNGS; r++)
        for (size_t k = 0; k < COLUMNS; k++) {
            snprintf(key, sizeof key, "vae.digits.epoch%zu.%s", rung_at[r],
                     name[k]);
            ledger_put_seeds(ledger, key, rung_at[r] > SHORT ? 1 : SEEDS,
                             c->rung[r][k], k == ACTIVE ? "" : "nats");
        }
    struct error err;
    if (!ledger_close(ledger, &err))
        error_exit(c->name, &err);
}

int main(int argc, char **argv)
{
    static struct climb c;
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Climbs the ladder of the demonstration."};
    struct error err;
    c.name = options_start(&program, &run, argc, argv);
    c.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(c.engine), &c.train, &c.test,
                   &err))
        error_exit(c.name, &err);
    for (size_t s = 0; s < SEEDS; s++)
        climb(&c, s);
    write_ledger(&c, run.out);
    return program_end(c.name);
}
