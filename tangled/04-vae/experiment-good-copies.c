/* From chapters/app-f-mistakes.nw (edit that, then make tangle) */
/* Embedded digits: losses that make good copies and no draws. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/train.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { SEEDS = 3, EPOCHS = 3, TEST = 2000, DRAWS = 12, ZOOM = 2 };
enum { ERROR, BILL, PRICE, COLUMNS };
enum { PATH = 4096 };

/* list what may be done to the price */
static const struct { const char *name; real weight; bool drawn; } way[] = {
    {"right", 1, true},
    {"tenth", (real)0.1, true},
    {"free", 0, true},
    {"point", 1, false},
};
enum { WAYS = sizeof way / sizeof way[0] };

struct trial {
    struct vae_objective objective;
    size_t way;
    struct engine *engine;
    struct dataset train, test;
    const char *name;
};

/* multiply the price, and draw or do not */
static struct node *loss(void *trial, struct tape *tape,
                         const struct batch *batch)
{
    const struct trial *t = trial;
    const struct vae_objective *o = &t->objective;
    struct tensor x, eps;
    vae_present(tape_engine(tape), tape_arena(tape), &o->vae->sizes,
                o->seed, batch, &x, &eps);
    if (!way[t->way].drawn)
        memset(eps.data, 0, tensor_size(&eps) * sizeof *eps.data);
    struct vae_bill bill = vae_bill(o->vae, tape, x, eps);
    struct node *price = op_scale(tape, bill.price, way[t->way].weight);
    return op_mean(tape, op_add(tape, bill.pixels, price));
}

/* train by a loss and score the result */
static void try_way(struct trial *t, double out[COLUMNS], uint8_t *draws)
{
    struct vae_sizes sizes = {t->test.height * t->test.width, 200, 50};
    struct arena *arena = arena_new(vae_arena_bytes(sizes) + (1 << 20));
    struct arena *step = arena_new(vae_trial_bytes(sizes));
    struct tape *tape = tape_new(t->engine, step);
    struct vae *vae = t->objective.vae = vae_new(arena, sizes);
    vae_initialise(vae, t->objective.seed,
                   vae_mean_image(arena, &t->train));
    /* train by this loss */
    struct training training = vae_training(t->engine, &t->objective,
                                            &t->train, EPOCHS);
    training.loss = loss;
    training.model = t;
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, t->name));
    struct vae_score score = vae_score_new(arena, sizes.latents);
    vae_evaluate(vae, tape, &t->test, t->objective.seed, &score);
    out[ERROR] = score.squared_error;
    out[BILL] = score.total;
    out[PRICE] = score.price;
    if (draws)
        vae_draw(vae, tape, vae_prior_codes(t->engine, arena, DRAWS,
                                            sizes.latents, 1), draws);
    arena_free(step);
    arena_free(arena);
}

/* train by every loss with every seed */
static void try_all(struct trial *t, struct ledger *ledger, uint8_t *draws)
{
    static const char *const column[COLUMNS] = {"error", "bill", "price"};
    for (t->way = 0; t->way < WAYS; t->way++) {
        double x[COLUMNS][SEEDS];
        for (size_t s = 0; s < SEEDS; s++) {
            double out[COLUMNS];
            t->objective.seed = s + 1;
            try_way(t, out, s == 0 ? draws : NULL);
            for (size_t k = 0; k < COLUMNS; k++)
                x[k][s] = out[k];
        }
        for (size_t k = 0; k < COLUMNS; k++) {
            char key[64];
            snprintf(key, sizeof key, "vae.copies.%s.%s", way[t->way].name,
                     column[k]);
            ledger_put_seeds(ledger, key, SEEDS, x[k],
                             k == ERROR ? "" : "nats");
        }
        printf("%s: %.1f nats\n", way[t->way].name, x[BILL][0]);
        fflush(stdout);
        draws += DRAWS * t->test.height * t->test.width;
    }
}

/* write down the copies and the draws */
int main(int argc, char **argv)
{
    struct run_options run = {.data = "digits", .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Trains by losses that make good copies and no draws."};
    struct trial t = {.name = options_start(&program, &run, argc, argv)};
    struct error err;
    t.engine = engine_new(run.threads, NULL);
    if (!data_load(run.data, engine_pool(t.engine), &t.train, &t.test,
                   &err))
        error_exit(t.name, &err);
    t.test.count = t.test.count < TEST ? t.test.count : TEST;
    /* open the ledger, try all, and draw */
    struct arena *arena = arena_new((size_t)1 << 20);
    uint8_t *draws = arena_alloc(arena, WAYS * DRAWS,
                                 t.test.height * t.test.width);
    char path[PATH];
    snprintf(path, sizeof path, "%s/good-copies.tsv", run.out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-good-copies.c", run.data,
        "3 epochs, batch 100, Adam 1e-3, seeds 1-3", SOURCE_HASH);
    try_all(&t, ledger, draws);
    snprintf(path, sizeof path, "%s/good-copies-draws.png", run.out);
    if (!ledger_close(ledger, &err) ||
        !png_write_grid(path, draws, WAYS * DRAWS, t.test.height,
                        t.test.width, DRAWS, ZOOM, &err))
        error_exit(t.name, &err);
    return program_end(t.name);
}
