/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "04-vae/vae.h"
#include "performance/bench.h"
#include "workshop/fail.h"

/* price one image */
struct samples {
    struct engine *engine;
    struct arena *arena, *step;
    struct tape *tape;
    struct vae *vae;
    size_t latents;
    struct tensor x, mu, logvar, square;
    real weight[SAMPLES];
};

static void repeat(struct tensor row, struct tensor rows) {
    const size_t n = tensor_size(&row);
    for (size_t i = 0; i < rows.shape[0]; i++)
        memcpy(rows.data + i * n, row.data, n * sizeof(real));
}

static void encode(struct samples *s, const struct dataset *data) {
    const size_t pixels = data->height * data->width;
    struct tensor x = tensor_new2(s->arena, 1, pixels);
    data_batch(NULL, data, NULL, 1, x.data, NULL);
    struct vae_code code = vae_encode(s->vae, s->tape,
                                      tape_constant(s->tape, x));
    repeat(x, s->x);
    repeat(code.mu->value, s->mu);
    repeat(code.logvar->value, s->logvar);
    tape_reset(s->tape);
}

/* make what pricing needs */
struct samples *samples_new(struct engine *engine,
                            const struct dataset *data) {
    const struct vae_sizes sizes = {data->height * data->width, 200, 50};
    const size_t rows = SAMPLE_BATCH, latents = sizes.latents;
    struct samples *s = checked_alloc(1, sizeof *s);
    s->engine = engine;
    s->latents = latents;
    s->arena = arena_new(vae_arena_bytes(sizes) +
                         rows * (sizes.pixels + 4 * latents) *
                             sizeof(real) + (1 << 18));
    s->step = arena_new(rows * (2 * sizes.pixels + 6 * sizes.hidden +
                                4 * latents) * sizeof(real) + (1 << 18));
    s->tape = tape_new(engine, s->step);
    s->vae = vae_new(s->arena, sizes);
    s->x = tensor_new2(s->arena, rows, sizes.pixels);
    s->mu = tensor_new2(s->arena, rows, latents);
    s->logvar = tensor_new2(s->arena, rows, latents);
    s->square = tensor_new2(s->arena, rows, latents);
    real *mean = arena_alloc(s->arena, sizes.pixels, sizeof *mean);
    vae_initialise(s->vae, 1, mean);
    encode(s, data);
    return s;
}

void samples_free(struct samples *s) {
    arena_free(s->arena);
    arena_free(s->step);
    free(s);
}

/* weigh a batch of codes */
static void weigh(struct samples *s, uint32_t batch, real weight[]) {
    struct engine *e = s->engine;
    const size_t rows = SAMPLE_BATCH, n = rows * s->latents;
    const struct rng_stream noise = {
        .seed = 1, .purpose = RNG_EVAL, .example = batch * SAMPLE_BATCH};
    struct tensor eps = tensor_new2(s->step, rows, s->latents);
    struct tensor z = tensor_new2(s->step, rows, s->latents);
    kernel_normal(e, noise, rows, s->latents, eps.data);
    kernel_gaussian_sample(e, n, s->mu.data, s->logvar.data, eps.data,
                           z.data);
    struct node *nll = op_bernoulli_nll(
        s->tape, vae_decode(s->vae, s->tape, tape_constant(s->tape, z)),
        tape_constant(s->tape, s->x));
    kernel_zip(e, ZIP_MUL, n, z.data, z.data, s->square.data);
    kernel_zip(e, ZIP_SUB, n, s->logvar.data, s->square.data, z.data);
    kernel_multiply_add(e, n, eps.data, eps.data, z.data);
    kernel_sum_rows(e, rows, s->latents, z.data, weight);
    for (size_t i = 0; i < rows; i++)
        weight[i] = (real)0.5 * weight[i] - nll->value.data[i];
}

/* average the weights of all codes */
double samples_estimate(struct samples *s) {
    for (uint32_t b = 0; b * SAMPLE_BATCH < SAMPLES; b++) {
        weigh(s, b, s->weight + b * SAMPLE_BATCH);
        tape_reset(s->tape);
    }
    real most = s->weight[0];
    for (size_t i = 1; i < SAMPLES; i++)
        most = s->weight[i] > most ? s->weight[i] : most;
    double sum = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        sum += (double)exp_real(s->weight[i] - most);
    return (double)most + log(sum / SAMPLES);
}

static void run_batch(void *context) {
    struct samples *s = context;
    weigh(s, 0, s->weight);
    tape_reset(s->tape);
}

double samples_seconds(struct samples *s) {
    return SAMPLES / SAMPLE_BATCH * bench_fastest(0.15, run_batch, s);
}
