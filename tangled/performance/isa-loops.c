/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

/* adapt the loops over elements */
static void map(const struct work *w, size_t i, size_t n)
{
    loop_map((enum map)w->function, n, w->in[0] + i, w->out[0] + i);
}

static void map_backward(const struct work *w, size_t i, size_t n)
{
    loop_map_backward((enum map)w->function, n, w->in[0] + i,
                      w->in[1] + i, w->in[2] + i, w->out[0] + i);
}

static void zip(const struct work *w, size_t i, size_t n)
{
    loop_zip((enum zip)w->function, n, w->in[0] + i, w->in[1] + i,
             w->out[0] + i);
}
static void multiply_add(const struct work *w, size_t i, size_t n)
{
    loop_multiply_add(n, w->in[0] + i, w->in[1] + i, w->out[0] + i);
}

static void axpy(const struct work *w, size_t i, size_t n)
{
    loop_axpy(n, w->alpha, w->in[0] + i, w->out[0] + i);
}

static void scale(const struct work *w, size_t i, size_t n)
{
    loop_scale(n, w->alpha, w->in[0] + i, w->out[0] + i);
}
/* adapt the sums */
static void sum(const struct work *w, size_t i, size_t n)
{
    (void)n;
    w->out[0][i] = loop_sum(w->cols, w->in[0]);
}

static void sum_rows(const struct work *w, size_t i, size_t n)
{
    loop_sum_rows(n, w->cols, w->in[0] + i * w->cols, w->out[0] + i);
}
/* adapt the losses */
static void softmax_cross_entropy(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_softmax_cross_entropy(n, w->cols, w->in[0] + at, w->labels + i,
                               w->out[0] + i, w->out[1] + at);
}

static void softmax_cross_entropy_backward(const struct work *w, size_t i,
                                           size_t n)
{
    const size_t at = i * w->cols;
    loop_softmax_cross_entropy_backward(n, w->cols, w->in[0] + at,
                                        w->labels + i, w->in[1] + i,
                                        w->out[0] + at);
}
static void bernoulli_nll(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_bernoulli_nll(n, w->cols, w->in[0] + at, w->in[1] + at,
                       w->out[0] + i);
}

static void bernoulli_nll_backward(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_bernoulli_nll_backward(n, w->cols, w->in[0] + at, w->in[1] + at,
                                w->in[2] + i, w->out[0] + at);
}
/* adapt the Gaussian loops */
static real *from(real *out, size_t at)
{
    return out == NULL ? NULL : out + at;
}

static void gaussian_sample(const struct work *w, size_t i, size_t n)
{
    loop_gaussian_sample(n, w->in[0] + i, w->in[1] + i, w->in[2] + i,
                         w->out[0] + i);
}

static void gaussian_sample_backward(const struct work *w, size_t i,
                                     size_t n)
{
    loop_gaussian_sample_backward(n, w->in[0] + i, w->in[1] + i,
                                  w->in[2] + i, from(w->out[0], i),
                                  from(w->out[1], i));
}
static void gaussian_kl(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_gaussian_kl(n, w->cols, w->in[0] + at, w->in[1] + at,
                     w->out[0] + i);
}

static void gaussian_kl_backward(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_gaussian_kl_backward(n, w->cols, w->in[0] + at, w->in[1] + at,
                              w->in[2] + i, from(w->out[0], at),
                              from(w->out[1], at));
}
/* adapt the random numbers */
static struct rng_stream stream_at(const struct work *w, size_t row)
{
    struct rng_stream s = w->stream;
    s.example += (uint32_t)row;
    return s;
}

static void uniform(const struct work *w, size_t i, size_t n)
{
    loop_uniform(stream_at(w, i), n, w->cols, w->out[0] + i * w->cols);
}

static void normal(const struct work *w, size_t i, size_t n)
{
    loop_normal(stream_at(w, i), n, w->cols, w->out[0] + i * w->cols);
}

static void binarise(const struct work *w, size_t i, size_t n)
{
    const size_t at = i * w->cols;
    loop_binarise(stream_at(w, i), n, w->cols, w->in[0] + at,
                  w->out[0] + at);
}
/* adapt the updates */
static void adam(const struct work *w, size_t i, size_t n)
{
    loop_adam(w->adam, n, w->out[0] + i, w->out[1] + i, w->out[2] + i,
              w->out[3] + i);
}

static void sgd(const struct work *w, size_t i, size_t n)
{
    loop_sgd(w->sgd, n, w->out[0] + i, w->out[1] + i, w->out[2] + i);
}

const struct isa_loops ISA_NAME(loops_) = {
    /* list the loops */
    .map = map, .map_backward = map_backward, .zip = zip,
    .multiply_add = multiply_add, .axpy = axpy, .scale = scale,
    .sum = sum, .sum_rows = sum_rows,
    .softmax_cross_entropy = softmax_cross_entropy,
    .softmax_cross_entropy_backward = softmax_cross_entropy_backward,
    .bernoulli_nll = bernoulli_nll,
    .bernoulli_nll_backward = bernoulli_nll_backward,
    .gaussian_sample = gaussian_sample,
    .gaussian_sample_backward = gaussian_sample_backward,
    .gaussian_kl = gaussian_kl,
    .gaussian_kl_backward = gaussian_kl_backward,
    .uniform = uniform, .normal = normal, .binarise = binarise,
    .adam = adam, .sgd = sgd,
};
