/* From chapters/04-vae.nw (edit that, then make tangle) */
/* Trains a variational autoencoder and shows what it draws. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/train.h"
#include "workshop/atomic.h"
#include "workshop/checkpoint.h"
#include "workshop/ledger.h"
#include "workshop/npy.h"
#include "workshop/options.h"
#include "workshop/png.h"
#include "workshop/progress.h"
#include "workshop/signals.h"

/* the parts of the demonstration */
enum { DRAWINGS = 12, GLANCE = 1000, DUMPED = 100 };
enum { CURVE = 1000, POINT = 3, PATH = 4096 };

/* gather what the program holds */
struct demo {
    struct vae_objective objective; /* first: vae_loss casts to it */
    struct run_options run;
    const char *name, *dump;
    size_t hidden, latents;
    struct dataset train, test;
    struct engine *engine;
    struct arena *arena, *step;
    struct tape *tape;              /* for scores and pictures */
    struct vae_score score;
    struct tensor codes;            /* of the twelve drawings */
    uint8_t *drawings;
    struct progress *progress;
    double curve[CURVE][POINT];     /* of each epoch; 0: not yet */
    double last_drawing;            /* on the clock */
    double independent;
    size_t checkpoint_steps;
    char settings[256];
};
_Noreturn static void give_up(const struct demo *d, const struct error *err)
{
    error_exit(d->name, err);
}

/* Finds out before the training, not after it, that a file cannot be. */
static void expect_to_write(const struct demo *d, const char *path)
{
    struct error err;
    struct atomic_file *file = NULL;
    if (atomic_make_folder(path, &err))
        file = atomic_open(path, &err);
    if (!file)
        give_up(d, &err);
    atomic_abandon(file);
}

/* The path of a file in the output folder. */
static const char *in_folder(const struct demo *d, const char *file,
                             char path[PATH])
{
    snprintf(path, PATH, "%s/%s", d->run.out, file);
    return path;
}

/* draw the twelve pictures */
static void draw(struct demo *d, const char *caption)
{
    struct picture picture = {d->drawings, DRAWINGS, d->test.height,
                              d->test.width};
    vae_draw(d->objective.vae, d->tape, d->codes, d->drawings);
    progress_picture(d->progress, caption, &picture);
    d->last_drawing = clock_seconds();
}

/* score a thousand images */
static void glance(struct demo *d, const struct dataset *data,
                   double *total, double *price)
{
    struct dataset few = *data;
    few.count = few.count < GLANCE ? few.count : GLANCE;
    vae_evaluate(d->objective.vae, d->tape, &few, d->objective.seed,
                 &d->score);
    *total = d->score.total;
    *price = d->score.price;
}

/* watch the training */
static void watch(void *demo, const struct moment *moment)
{
    struct demo *d = demo;
    progress_step(d->progress, moment->step, moment->recent);
    if (clock_seconds() - d->last_drawing > 1)
        draw(d, "twelve codes from the prior, decoded");
    if (!moment->epoch_ends)
        return;
    double point[POINT];
    glance(d, &d->train, &point[0], &point[2]);
    glance(d, &d->test, &point[1], &point[2]);
    progress_note(d->progress, "epoch %2zu: training %.1f, test %.1f nats "
                  "(%.1f of them for the code)", moment->epoch + 1,
                  point[0], point[1], point[2]);
    if (moment->epoch < CURVE)
        memcpy(d->curve[moment->epoch], point, sizeof point);
}

/* print the results */
static void print_results(const struct demo *d)
{
    const struct vae_score *s = &d->score;
    printf("\n  %zu test images of %s, in nats an image:\n", s->images,
           d->run.data);
    printf("  pixels, given the code            %10.2f\n", s->pixels);
    printf("  price of the code (KL)            %10.2f\n", s->price);
    printf("  whole bill (negative ELBO)        %10.2f\n", s->total);
    printf("  independent pixels, no model      %10.2f\n", d->independent);
    printf("  active latents                    %7zu of %zu\n", s->active,
           s->latents);
    printf("  squared error                     %10.2f\n\n",
           s->squared_error);
}

/* write pictures and curve */
static void write_pictures(struct demo *d)
{
    size_t height = d->test.height, width = d->test.width;
    size_t index[TEN_DIGITS], n = ten_digits(&d->test, index);
    uint8_t *rows = arena_alloc(d->arena, 3 * TEN_DIGITS, height * width);
    struct error err;
    char path[PATH];
    if (!png_write_grid(in_folder(d, "samples.png", path), d->drawings,
                        DRAWINGS, height, width, 6, 4, &err))
        give_up(d, &err);
    vae_rebuild(d->objective.vae, d->tape, &d->test, d->objective.seed, n,
                index, rows);
    if (!png_write_grid(in_folder(d, "rebuilt.png", path), rows, 3 * n,
                        height, width, n, 4, &err))
        give_up(d, &err);
    printf("drawings: %s/samples.png, ten digits rebuilt: "
           "%s/rebuilt.png\n", d->run.out, d->run.out);
}

/* write the points of the curve */
static void write_curve(struct demo *d)
{
    char path[PATH];
    struct error err;
    struct series *curve = series_open(in_folder(d, "curve.dat", path),
                                       "epoch training test code");
    for (size_t e = 0; e < CURVE && d->curve[e][0] != 0; e++)
        series_put(curve, (double[]){(double)e + 1, d->curve[e][0],
                                     d->curve[e][1], d->curve[e][2]});
    if (!series_close(curve, &err))
        give_up(d, &err);
}

/* hand the curve to gnuplot */
static void draw_curve(struct demo *d)
{
    FILE *gnuplot = NULL;
    write_curve(d);
    fflush(stdout);
    if (system("command -v gnuplot >/dev/null 2>&1") == 0)
        gnuplot = popen("gnuplot", "w");
    if (!gnuplot) {
        puts("no plot of the curve: gnuplot is not installed");
        return;
    }
    /* send gnuplot its orders */
    fprintf(gnuplot, "set terminal pngcairo size 800,500\n"
            "set output \"%s/curve.png\"\nset xlabel \"epochs\"\n"
            "set ylabel \"nats per image\"\nset xrange [0:*]\n"
            "set yrange [0:*]\n"
            "plot \"%s/curve.dat\" using 1:2 with linespoints title "
            "\"training\", \"\" using 1:3 with linespoints title \"test\", "
            "\"\" using 1:4 with linespoints title \"price of the code\"\n",
            d->run.out, d->run.out);
    if (pclose(gnuplot) == 0)
        printf("curve: %s/curve.png\n", d->run.out);
    else
        puts("no plot of the curve: gnuplot failed");
}

/* export what another program needs to check the bound */
static void dump_array(const struct demo *d, const char *file, size_t rank,
                       const struct tensor *t)
{
    struct npy array = {
        .type = sizeof(real) == 8 ? NPY_F8 : NPY_F4, .rank = rank,
        .data = t->data,
    };
    for (size_t i = 0; i < rank; i++)
        array.shape[i] = t->shape[i];
    char path[PATH];
    struct error err;
    snprintf(path, PATH, "%s/%s", d->dump, file);
    if (!atomic_make_folder(path, &err) || !npy_write(path, &array, &err))
        give_up(d, &err);
}

static void dump(struct demo *d)
{
    const struct vae *vae = d->objective.vae;
    size_t count = d->test.count < DUMPED ? d->test.count : DUMPED;
    tape_reset(d->tape);
    struct vae_trial t = vae_trial(d->engine, d->step, &d->test,
                                   &vae->sizes, d->objective.seed, 0,
                                   count);
    struct vae_bill bill = vae_bill(vae, d->tape, t.x, t.eps);
    struct tensor elbo = tensor_like(d->step, &bill.total->value);
    for (size_t i = 0; i < count; i++)
        elbo.data[i] = -bill.total->value.data[i];
    dump_array(d, "x.npy", 2, &t.x);
    dump_array(d, "eps.npy", 2, &t.eps);
    dump_array(d, "elbo.npy", 1, &elbo);
    tape_reset(d->tape);
}

/* train */
static void train(struct demo *d)
{
    struct training t = vae_training(d->engine, &d->objective, &d->train,
                                     d->run.epochs);
    char path[PATH];
    training_options(&t, &d->run, in_folder(d, "vae.safetensors", path));
    t.settings = d->settings;
    t.checkpoint_steps = d->checkpoint_steps;
    t.history = &d->curve[0][0];
    t.history_count = CURVE * POINT;
    t.watch = watch;
    t.model = d;
    d->progress = progress_new(stdout, "training", "steps", d->run.epochs *
                               (d->train.count / t.batch));
    draw(d, "twelve codes from the prior, before any training");
    struct error err;
    enum training_end end = training_run(&t, &err);
    draw(d, "twelve codes from the prior, decoded");
    progress_end(d->progress);
    int status = training_report(&t, end, &err, d->name);
    if (status != 0)
        exit(status);
    printf("model: %s\n", t.checkpoint);
}

/* load a model instead of training */
static void load(struct demo *d)
{
    struct error err;
    if (!parameters_load(d->objective.vae->parameters, d->run.load,
                         LOAD_VALUES, &err))
        give_up(d, &err);
    d->progress = progress_new(stdout, "loading", "models", 1);
    draw(d, "twelve codes from the prior, decoded");
    progress_step(d->progress, 1, NAN);
    progress_end(d->progress);
}

static struct vae_sizes sizes_wanted(const struct demo *d)
{
    size_t pixels = d->test.height * d->test.width;
    struct vae_sizes sizes = {pixels, d->hidden, d->latents};
    if (!d->run.load)
        return sizes;
    struct error err;
    struct safetensors *file = safetensors_open(d->run.load, &err);
    if (!file || !vae_sizes_in(file, d->run.load, &sizes, &err))
        give_up(d, &err);
    safetensors_close(file);
    if (sizes.pixels != pixels) {
        error_set(&err, "%s: made for images of %zu pixels, and these "
                  "have %zu", d->run.load, sizes.pixels, pixels);
        give_up(d, &err);
    }
    return sizes;
}

/* read the command line */
static void read_options(struct demo *d, int argc, char **argv)
{
    const struct option own[] = {
        {.name = "hidden", .kind = OPTION_SIZE, .target = &d->hidden,
         .argument = "N", .help = "units in each hidden layer",
         .least = 1, .most = 4096},
        {.name = "latents", .kind = OPTION_SIZE, .target = &d->latents,
         .argument = "N", .help = "latents in a code",
         .least = 1, .most = 1024},
        {.name = "dump", .kind = OPTION_STRING, .target = &d->dump,
         .argument = "FOLDER", .help = "write x.npy, eps.npy and elbo.npy "
         "of a hundred test images"},
        {.name = "checkpoint-steps", .kind = OPTION_SIZE,
         .target = &d->checkpoint_steps, .argument = "N",
         .help = "save every N steps instead of every minute",
         .least = 0, .most = 1000000},
    };
    struct program program = {
        .purpose = "Trains a variational autoencoder and shows what it "
                   "draws.",
        .options = own, .count = sizeof own / sizeof own[0],
    };
    d->run = (struct run_options){.seed = 1, .epochs = 8, .data = "digits",
                                  .out = "build/chapter4"};
    d->hidden = 200;
    d->latents = 10;
    d->name = options_start(&program, &d->run, argc, argv);
}

int main(int argc, char **argv)
{
    static struct demo demo;
    struct demo *d = &demo;
    /* get ready */
    struct error err;
    read_options(d, argc, argv);
    signals_install();
    d->engine = engine_new(d->run.threads, NULL);
    if (strcmp(d->run.data, "digits") == 0)
        puts("drawing 70000 digits; the first picture follows in a moment");
    fflush(stdout);
    if (!data_load(d->run.data, engine_pool(d->engine), &d->train, &d->test,
                   &err))
        give_up(d, &err);
    struct vae_sizes sizes = sizes_wanted(d);
    /* make room for model, scores and pictures */
    d->arena = arena_new(vae_arena_bytes(sizes) + 128 * sizes.pixels +
                         (1 << 20));
    d->step = arena_new(vae_trial_bytes(sizes));
    d->tape = tape_new(d->engine, d->step);
    d->score = vae_score_new(d->arena, sizes.latents);
    d->objective = (struct vae_objective){vae_new(d->arena, sizes),
                                          d->run.seed};
    d->codes = vae_prior_codes(d->engine, d->arena, DRAWINGS, sizes.latents,
                               d->run.seed);
    d->drawings = arena_alloc(d->arena, DRAWINGS, sizes.pixels);
    real *mean = vae_mean_image(d->arena, &d->train);
    vae_initialise(d->objective.vae, d->run.seed, mean);
    d->independent = vae_independent_bill(d->arena, mean, &d->test);
    snprintf(d->settings, sizeof d->settings,
             "04-vae %zu-%zu-%zu on %.200s", sizes.pixels, sizes.hidden,
             sizes.latents, d->run.data);
    char path[PATH];
    expect_to_write(d, in_folder(d, "samples.png", path));
    if (d->run.save)
        expect_to_write(d, d->run.save);
    if (d->run.load)
        load(d);
    else
        train(d);
    /* show what the model can do */
    vae_evaluate(d->objective.vae, d->tape, &d->test, d->objective.seed,
                 &d->score);
    print_results(d);
    if (d->dump)
        dump(d);
    write_pictures(d);
    if (!d->run.load)
        draw_curve(d);
    return program_end(d->name);
}
