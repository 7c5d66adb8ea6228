/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/linear.h"

#include <math.h>
#include <string.h>

#include "00-foundations/elementary.h"
#include "00-foundations/ops.h"
#include "04-vae/eigen.h"
#include "04-vae/gaussian.h"
#include "04-vae/ops.h"

static const double PI = 3.14159265358979323846;
static const real LOG_TWO_PI = (real)1.8378770664093453;

/* add up the products of the pixels that are lit */
static void add_products(size_t pixels, const uint8_t *image, size_t *lit,
                         uint64_t *sum, uint64_t *product)
{
    size_t count = 0;
    for (size_t j = 0; j < pixels; j++)
        if (image[j] > 0)
            lit[count++] = j;
    for (size_t a = 0; a < count; a++) {
        uint64_t value = image[lit[a]];
        uint64_t *row = product + lit[a] * pixels;
        sum[lit[a]] += value;
        for (size_t b = 0; b <= a; b++)
            row[lit[b]] += value * image[lit[b]];
    }
}

/* turn sums into moments */
struct moments moments_of(const struct dataset *data, const double *centre,
                          struct arena *arena)
{
    size_t n = data->height * data->width;
    struct moments m = {n, arena_alloc(arena, n, sizeof(double)),
                        arena_alloc(arena, n * n, sizeof(double)), 0};
    size_t *lit = arena_alloc(arena, n, sizeof *lit);
    uint64_t *sum = arena_alloc(arena, n, sizeof *sum);
    uint64_t *product = arena_alloc(arena, n * n, sizeof *product);
    for (size_t i = 0; i < data->count; i++)
        add_products(n, data->pixels + i * n, lit, sum, product);
    double count = (double)data->count, white = 255;
    for (size_t i = 0; i < n; i++)
        m.mean[i] = (double)sum[i] / (count * white);
    const double *c = centre ? centre : m.mean;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double both = (double)product[i * n + j] /
                          (count * white * white);
            m.about[i * n + j] = m.about[j * n + i] = both -
                c[i] * m.mean[j] - c[j] * m.mean[i] + c[i] * c[j];
        }
    for (size_t i = 0; i < n; i++)
        m.trace += m.about[i * n + i];
    return m;
}

/* the greatest likelihood of a linear model */
double ppca_log_likelihood(size_t pixels, size_t latents,
                           const double *leading, double trace,
                           double *variance)
{
    double rest = trace, logs = 0, d = (double)pixels;
    for (size_t j = 0; j < latents; j++) {
        rest -= leading[j];
        logs += log(leading[j]);
    }
    *variance = rest / (d - (double)latents);
    logs += (d - (double)latents) * log(*variance);
    return -(d * log(2 * PI) + logs + d) / 2;
}

/* form the small matrix M */
void linear_precision(const struct linear_model *model, double *m)
{
    size_t n = model->pixels, d = model->latents;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            m[i * d + j] = matrix_dot(n, model->w + i * n,
                                      model->w + j * n) +
                           (i == j ? model->variance : 0);
}

/* average the log-likelihood over the data */
double linear_log_likelihood(const struct moments *data,
                             const struct linear_model *model,
                             struct arena *arena)
{
    size_t n = data->pixels, d = model->latents, mark = arena_mark(arena);
    double *l = arena_alloc(arena, d * d, sizeof *l);
    double *t = arena_alloc(arena, d * n, sizeof *t);
    double *st = arena_alloc(arena, d * n, sizeof *st);
    linear_precision(model, l);
    if (!cholesky(d, l, l))
        die("a variance of %g leaves no posterior", model->variance);
    memcpy(t, model->w, d * n * sizeof *t);
    cholesky_solve(d, l, n, t);
    matrix_product(d, n, n, t, data->about, st);
    double rest = data->trace - matrix_dot(d * n, t, st);
    double logs = (double)(n - d) * log(model->variance);
    for (size_t j = 0; j < d; j++)
        logs += 2 * log(l[j * d + j]);
    arena_release(arena, mark);
    return -((double)n * log(2 * PI) + logs + rest / model->variance) / 2;
}

/* average the bound over data and noise */
double linear_bound(const struct moments *data,
                    const struct linear_model *model,
                    const struct linear_guess *guess, struct arena *arena)
{
    size_t n = data->pixels, d = model->latents, mark = arena_mark(arena);
    const double *v = guess->v, *w = model->w;
    double *vs = arena_alloc(arena, d * n, sizeof *vs);
    matrix_product(d, n, n, v, data->about, vs);
    double error = data->trace - 2 * matrix_dot(d * n, w, vs), price = 0;
    for (size_t j = 0; j < d; j++) {
        const double *wj = w + j * n, *vsj = vs + j * n;
        double spread = guess->variance[j];
        for (size_t k = 0; k < d; k++)
            error += matrix_dot(n, wj, w + k * n) *
                     matrix_dot(n, vsj, v + k * n);
        error += spread * matrix_dot(n, wj, wj);
        price += matrix_dot(n, vsj, v + j * n) + spread - 1 - log(spread);
    }
    arena_release(arena, mark);
    double pixels = (double)n * log(2 * PI * model->variance) +
                    error / model->variance;
    return -(pixels + price) / 2;
}

/* pull means to the pixels and the variance to the squares */
struct gaussian_rest { struct tensor miss, squares; };

static void gaussian_nll_backward(struct tape *tape, struct node *node)
{
    const struct gaussian_rest *rest = node->context;
    struct node *mean = node->input[0], *logvar = node->input[1];
    size_t batch = mean->value.shape[0], pixels = mean->value.shape[1];
    real precision = exp_real(-logvar->value.data[0]);
    for (size_t i = 0; i < batch; i++) {
        real dnll = node->grad.data[i];
        if (mean->needs_grad)
            kernel_axpy(tape_engine(tape), pixels, dnll * precision,
                        rest->miss.data + i * pixels,
                        mean->grad.data + i * pixels);
        real pull = fma_real(-precision, rest->squares.data[i],
                             (real)pixels);
        if (logvar->needs_grad)
            logvar->grad.data[0] += dnll * pull / 2;
    }
}

/* charge for the distance from the mean */
struct node *op_gaussian_nll_at(struct tape *tape, struct node *mean,
                                struct node *x, struct node *logvar)
{
    tape_same_shape(tape, "op_gaussian_nll", mean, x);
    struct engine *engine = tape_engine(tape);
    size_t batch = x->value.shape[0], pixels = x->value.shape[1];
    struct gaussian_rest *rest = arena_alloc(tape_arena(tape), 1,
                                             sizeof *rest);
    struct tensor square = tensor_like(tape_arena(tape), &x->value);
    struct tensor nll = tensor_new1(tape_arena(tape), batch);
    rest->miss = tensor_like(tape_arena(tape), &x->value);
    rest->squares = tensor_new1(tape_arena(tape), batch);
    size_t all = batch * pixels;
    real *miss = rest->miss.data, *squares = rest->squares.data;
    kernel_zip(engine, ZIP_SUB, all, mean->value.data, x->value.data, miss);
    kernel_zip(engine, ZIP_MUL, all, miss, miss, square.data);
    kernel_sum_rows(engine, batch, pixels, square.data, squares);
    real lambda = logvar->value.data[0], precision = exp_real(-lambda);
    real constant = (real)pixels * (LOG_TWO_PI + lambda);
    for (size_t i = 0; i < batch; i++)
        nll.data[i] = fma_real(precision, squares[i], constant) / 2;
    struct node *const input[] = {mean, logvar};
    return tape_record(tape, "gaussian_nll", nll, gaussian_nll_backward,
                       2, input, rest);
}

/* make a linear VAE */
struct linear_vae *linear_vae_new(struct arena *arena, size_t pixels,
                                  size_t latents, uint64_t seed)
{
    const struct parameter_spec spec[] = {
        {"encoder", 2, {pixels, latents}},
        {"decoder", 2, {latents, pixels}},
        {"logvar", 1, {latents}},
        {"pixel.logvar", 1, {1}},
    };
    struct linear_vae *vae = arena_alloc(arena, 1, sizeof *vae);
    struct parameters *ps = parameters_new(arena, 4, spec);
    *vae = (struct linear_vae){
        pixels, latents, ps, &ps->item[0], &ps->item[1], &ps->item[2],
        &ps->item[3], arena_alloc(arena, pixels, sizeof(real)), seed};
    return vae;
}

void linear_vae_initialise(struct linear_vae *vae, double variance)
{
    parameters_init_glorot_uniform(vae->parameters, 0, vae->seed);
    parameters_init_glorot_uniform(vae->parameters, 1, vae->seed);
    vae->pixel_logvar->value.data[0] = log_real((real)variance);
}

/* take the centre from each image */
static struct tensor less_centre(const struct linear_vae *vae,
                                 struct arena *arena,
                                 const struct batch *batch)
{
    struct tensor x = tensor_like(arena, &batch->x);
    for (size_t i = 0; i < tensor_size(&x); i++)
        x.data[i] = batch->x.data[i] - vae->centre[i % vae->pixels];
    return x;
}

/* record the mean bill of grey images */
struct node *linear_vae_loss(void *model, struct tape *tape,
                             const struct batch *batch)
{
    const struct linear_vae *vae = model;
    struct arena *arena = tape_arena(tape);
    size_t rows = batch->x.shape[0];
    struct tensor eps = tensor_new2(arena, rows, vae->latents);
    struct rng_stream noise = {.seed = vae->seed, .purpose = RNG_NOISE,
                               .step = (uint32_t)batch->step};
    kernel_normal(tape_engine(tape), noise, rows, vae->latents, eps.data);
    /* encode and draw without hidden layers */
    struct node *x = tape_constant(tape, less_centre(vae, arena, batch));
    struct node *w = tape_parameter(tape, vae->decoder);
    struct node *none = tape_constant(tape, tensor_new2(arena, rows, 1));
    struct node *row = tape_constant(tape,
                                     tensor_new2(arena, 1, vae->latents));
    struct node *logvar = op_affine(tape, none, row,
                                    tape_parameter(tape, vae->logvar));
    struct node *mu = op_matmul(tape, x,
                                tape_parameter(tape, vae->encoder));
    struct node *z = op_gaussian_sample(tape, mu, logvar,
                                        tape_constant(tape, eps));
    struct node *nll = op_gaussian_nll(
        tape, op_matmul(tape, z, w), x,
        tape_parameter(tape, vae->pixel_logvar));
    struct node *kl = op_gaussian_kl(tape, mu, logvar);
    return op_mean(tape, op_add(tape, nll, kl));
}

/* copy the weights for the formulas */
void linear_vae_export(const struct linear_vae *vae, struct arena *arena,
                       struct linear_model *model,
                       struct linear_guess *guess)
{
    size_t n = vae->pixels, d = vae->latents;
    *model = (struct linear_model){
        n, d, arena_alloc(arena, d * n, sizeof(double)),
        exp((double)vae->pixel_logvar->value.data[0])};
    *guess = (struct linear_guess){
        arena_alloc(arena, d * n, sizeof(double)),
        arena_alloc(arena, d, sizeof(double))};
    for (size_t j = 0; j < d; j++) {
        guess->variance[j] = exp((double)vae->logvar->value.data[j]);
        for (size_t i = 0; i < n; i++) {
            model->w[j * n + i] =
                (double)vae->decoder->value.data[j * n + i];
            guess->v[j * n + i] =
                (double)vae->encoder->value.data[i * d + j];
        }
    }
}
