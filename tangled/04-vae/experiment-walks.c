/* From chapters/04-vae.nw (edit that, then make tangle) */
/* MNIST: paths between codes, and the plane of two latents. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/train.h"
#include "04-vae/walk.h"
#include "workshop/ledger.h"
#include "workshop/options.h"
#include "workshop/png.h"

enum { SEEDS = 3, EPOCHS = 8, MANY = 50 };
enum { SIDE = 16, STEPS = 11, PAIRS = 2 };
enum { DRAWS = 10000, BINS = 44, PATH = 4096 };
static const double BIN = 0.25;

/* gather a studio */
struct studio {
    struct vae_objective objective;     /* first: vae_loss casts to it */
    struct engine *engine;
    struct dataset train, test;
    const char *name, *out;
    struct arena *arena, *step;
    struct tape *tape;
    struct vae_score score;
};

static void write_images(struct studio *s, const char *file,
                         const uint8_t *images, size_t count, size_t across,
                         size_t zoom)
{
    char path[PATH];
    struct error err;
    snprintf(path, sizeof path, "%s/%s", s->out, file);
    if (!png_write_grid(path, images, count, s->test.height, s->test.width,
                        across, zoom, &err))
        error_exit(s->name, &err);
}

/* train a model of so many latents */
static void train(struct studio *s, size_t latents, uint64_t seed)
{
    struct vae_sizes sizes = {s->test.height * s->test.width, 200, latents};
    s->arena = arena_new(vae_arena_bytes(sizes) + ((size_t)16 << 20));
    s->step = arena_new(vae_trial_bytes(sizes));
    s->tape = tape_new(s->engine, s->step);
    s->objective = (struct vae_objective){vae_new(s->arena, sizes), seed};
    vae_initialise(s->objective.vae, seed,
                   vae_mean_image(s->arena, &s->train));
    struct training training = vae_training(s->engine, &s->objective,
                                            &s->train, EPOCHS);
    struct error err;
    enum training_end end = training_run(&training, &err);
    if (end != TRAINING_DONE)
        exit(training_report(&training, end, &err, s->name));
    s->score = vae_score_new(s->arena, latents);
    vae_evaluate(s->objective.vae, s->tape, &s->test, seed, &s->score);
    printf("%zu latents, seed %llu: %.1f nats\n", latents,
           (unsigned long long)seed, s->score.total);
    fflush(stdout);
}

/* draw the plane of codes */
static void draw_plane(struct studio *s)
{
    struct tensor z = tensor_new2(s->arena, SIDE * SIDE, 2);
    for (size_t j = 0; j < SIDE; j++)
        for (size_t i = 0; i < SIDE; i++) {
            real *code = z.data + 2 * (j * SIDE + i);
            double row = (double)(SIDE - 1 - j);
            code[0] = (real)normal_quantile(((double)i + 0.5) / SIDE);
            code[1] = (real)normal_quantile((row + 0.5) / SIDE);
        }
    uint8_t *images = arena_alloc(s->arena, SIDE * SIDE,
                                  s->objective.vae->sizes.pixels);
    vae_draw(s->objective.vae, s->tape, z, images);
    write_images(s, "walks-plane.png", images, SIDE * SIDE, SIDE, 1);
}

/* choose the ends of the walks */
enum { FROM_DIGIT = 3, TO_DIGIT = 7 };

static void choose_ends(struct studio *s, struct tensor ends)
{
    const struct vae *vae = s->objective.vae;
    size_t index[TEN_DIGITS], latents = vae->sizes.latents;
    ten_digits(&s->test, index);
    const size_t chosen[2] = {index[FROM_DIGIT], index[TO_DIGIT]};
    for (size_t e = 0; e < 2; e++) {
        tape_reset(s->tape);
        struct vae_trial t = vae_trial(s->engine, s->step, &s->test,
                                       &vae->sizes, 1, chosen[e], 1);
        struct node *x = tape_constant(s->tape, t.x);
        memcpy(ends.data + e * latents,
               vae_encode(vae, s->tape, x).mu->value.data,
               latents * sizeof(real));
    }
    tape_reset(s->tape);
    struct tensor drawn = vae_prior_codes(s->engine, s->arena, 2, latents,
                                          5);
    memcpy(ends.data + 2 * latents, drawn.data, 2 * latents * sizeof(real));
}

/* draw the walks */
static void draw_walks(struct studio *s)
{
    enum { ROWS = 2 * PAIRS };
    size_t n = s->objective.vae->sizes.latents;
    struct tensor ends = tensor_new2(s->arena, 2 * PAIRS, n);
    struct tensor z = tensor_new2(s->arena, ROWS * STEPS, n);
    choose_ends(s, ends);
    for (size_t k = 0; k < ROWS * STEPS; k++) {
        size_t row = k / STEPS;
        double t = (double)(k % STEPS) / (STEPS - 1);
        const real *a = ends.data + row / 2 * 2 * n, *b = a + n;
        if (row % 2 == 0)
            walk_straight(n, a, b, t, z.data + k * n);
        else
            walk_arc(n, a, b, t, z.data + k * n);
    }
    uint8_t *images = arena_alloc(s->arena, ROWS * STEPS,
                                  s->objective.vae->sizes.pixels);
    vae_draw(s->objective.vae, s->tape, z, images);
    write_images(s, "walks-lines.png", images, ROWS * STEPS, STEPS, 2);
}

/* measure the norms of codes */
struct norms { double mean, square, count[BINS], norm[DRAWS]; };

static void count_norm(struct norms *norms, size_t k, size_t n,
                       const real *a, const real *b)
{
    double square = 0;
    for (size_t i = 0; i < n; i++) {
        double z = ((double)a[i] + (double)b[i]) / 2;
        square += z * z;
    }
    double norm = sqrt(square), bin = norm / BIN;
    norms->mean += norm / DRAWS;
    norms->square += square / DRAWS;
    norms->count[bin < BINS ? (size_t)bin : BINS - 1] += 1;
    norms->norm[k] = norm;
}
static void measure_norms(struct norms *two, struct norms *fifty,
                          struct norms *middle)
{
    struct rng_stream noise = {.seed = 1, .purpose = RNG_SAMPLE};
    for (uint32_t k = 0; k < DRAWS; k++) {
        real a[MANY], b[MANY];
        for (uint32_t i = 0; i < MANY; i++) {
            a[i] = rng_normal(noise, 2 * k, i);
            b[i] = rng_normal(noise, 2 * k + 1, i);
        }
        count_norm(two, k, 2, a, a);
        count_norm(fifty, k, MANY, a, a);
        count_norm(middle, k, MANY, a, b);
    }
}
static void write_norms(struct studio *s, struct ledger *ledger)
{
    static struct norms two, fifty, middle;
    measure_norms(&two, &fifty, &middle);
    char path[PATH];
    struct error err;
    snprintf(path, sizeof path, "%s/walks-norms.dat", s->out);
    struct series *curve = series_open(path, "norm two fifty middle");
    double inside = 0;
    for (size_t k = 0; k < BINS; k++) {
        double centre = ((double)k + 0.5) * BIN, all = DRAWS * BIN;
        series_put(curve, (double[]){centre, two.count[k] / all,
                                     fifty.count[k] / all,
                                     middle.count[k] / all});
    }
    for (size_t k = 0; k < DRAWS; k++)
        inside += fifty.norm[k] < middle.mean;
    ledger_put(ledger, "vae.walks.norm", fifty.mean, NAN, "");
    ledger_put(ledger, "vae.walks.norm_spread",
               sqrt(fifty.square - fifty.mean * fifty.mean), NAN, "");
    ledger_put(ledger, "vae.walks.middle", middle.mean, NAN, "");
    ledger_put(ledger, "vae.walks.inside", inside, NAN, "");
    if (!series_close(curve, &err))
        error_exit(s->name, &err);
}

/* train with every seed, and draw once */
enum quantity { BOUND, PRICE, ACTIVE, QUANTITIES };

static void train_all(struct studio *s, size_t latents,
                      void (*draw)(struct studio *),
                      double x[QUANTITIES][SEEDS])
{
    for (size_t i = 0; i < SEEDS; i++) {
        train(s, latents, i + 1);
        if (i == 0)
            draw(s);
        x[BOUND][i] = s->score.total;
        x[PRICE][i] = s->score.price;
        x[ACTIVE][i] = (double)s->score.active;
        arena_free(s->step);
        arena_free(s->arena);
    }
}

/* walk and write the ledger */
int main(int argc, char **argv)
{
    static struct studio s;
    struct run_options run = {.data = "mnist",
                              .out = "figures/04-vae"};
    struct program program = {
        .purpose = "Walks through the codes of two models."};
    s.name = options_start(&program, &run, argc, argv);
    s.out = run.out;
    s.engine = engine_new(run.threads, NULL);
    struct error err;
    if (!data_load(run.data, engine_pool(s.engine), &s.train, &s.test,
                   &err))
        error_exit(s.name, &err);
    /* put norms and scores */
    double x[QUANTITIES][SEEDS];
    char path[PATH];
    snprintf(path, sizeof path, "%s/walks.tsv", run.out);
    struct ledger *ledger = ledger_open(
        path, "04-vae/experiment-walks.c", "mnist",
        "784-200-200-2 and -50 tanh, 8 epochs, batch 100, Adam 1e-3, "
        "seeds 1-3", SOURCE_HASH);
    write_norms(&s, ledger);
    train_all(&s, 2, draw_plane, x);
    ledger_put_seeds(ledger, "vae.walks.bound2", SEEDS, x[BOUND], "nats");
    ledger_put_seeds(ledger, "vae.walks.kl2", SEEDS, x[PRICE], "nats");
    train_all(&s, MANY, draw_walks, x);
    ledger_put_seeds(ledger, "vae.walks.bound50", SEEDS, x[BOUND], "nats");
    ledger_put_seeds(ledger, "vae.walks.kl50", SEEDS, x[PRICE], "nats");
    ledger_put_seeds(ledger, "vae.walks.active50", SEEDS, x[ACTIVE], "");
    if (!ledger_close(ledger, &err))
        error_exit(s.name, &err);
    return program_end(s.name);
}
