/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/isa.h"

/* move a pointer that may be absent */
static real *moved(real *out, size_t at) {
    return out == NULL ? NULL : out + at;
}

void ISA_NAME(loop_)(const struct work *w, size_t i, size_t n) {
    const real *const *in = w->in;
    real *const *out = w->out;
    const size_t cols = w->cols, at = i * cols;
    struct rng_stream stream = w->stream;
    stream.example += (uint32_t)i;
    switch (w->loop) {
    /* do part of a loop over elements */
    case LOOP_MAP:
        loop_map((enum map)w->function, n, in[0] + at, out[0] + at);
        break;
    case LOOP_MAP_BACKWARD:
        loop_map_backward((enum map)w->function, n, in[0] + at, in[1] + at,
                          in[2] + at, out[0] + at);
        break;
    case LOOP_ZIP:
        loop_zip((enum zip)w->function, n, in[0] + at, in[1] + at, out[0] + at);
        break;
    case LOOP_MULTIPLY_ADD:
        loop_multiply_add(n, in[0] + at, in[1] + at, out[0] + at);
        break;
    case LOOP_AXPY:
        loop_axpy(n, w->alpha, in[0] + at, out[0] + at);
        break;
    case LOOP_SCALE:
        loop_scale(n, w->alpha, in[0] + at, out[0] + at);
        break;
    /* do part of a sum or a loss */
    case LOOP_SUM:
        out[0][0] = loop_sum(cols, in[0]);
        break;
    case LOOP_SUM_ROWS:
        loop_sum_rows(n, cols, in[0] + at, out[0] + i);
        break;
    case LOOP_CROSS_ENTROPY:
        loop_softmax_cross_entropy(n, cols, in[0] + at, w->labels + i,
                                   out[0] + i, out[1] + at);
        break;
    case LOOP_CROSS_ENTROPY_BACKWARD:
        loop_softmax_cross_entropy_backward(n, cols, in[0] + at, w->labels + i,
                                            in[1] + i, out[0] + at);
        break;
    case LOOP_BERNOULLI:
        loop_bernoulli_nll(n, cols, in[0] + at, in[1] + at, out[0] + i);
        break;
    case LOOP_BERNOULLI_BACKWARD:
        loop_bernoulli_nll_backward(n, cols, in[0] + at, in[1] + at, in[2] + i,
                                    out[0] + at);
        break;
    /* do part of a loop over Gaussian latents */
    case LOOP_SAMPLE:
        loop_gaussian_sample(n, in[0] + at, in[1] + at, in[2] + at,
                             out[0] + at);
        break;
    case LOOP_SAMPLE_BACKWARD:
        loop_gaussian_sample_backward(n, in[0] + at, in[1] + at, in[2] + at,
                                      moved(out[0], at), moved(out[1], at));
        break;
    case LOOP_KL:
        loop_gaussian_kl(n, cols, in[0] + at, in[1] + at, out[0] + i);
        break;
    case LOOP_KL_BACKWARD:
        loop_gaussian_kl_backward(n, cols, in[0] + at, in[1] + at, in[2] + i,
                                  moved(out[0], at), moved(out[1], at));
        break;
    /* do part of a loop over random numbers */
    case LOOP_UNIFORM:
        loop_uniform(stream, n, cols, out[0] + at);
        break;
    case LOOP_NORMAL:
        loop_normal(stream, n, cols, out[0] + at);
        break;
    case LOOP_BINARISE:
        loop_binarise(stream, n, cols, in[0] + at, out[0] + at);
        break;
    /* do part of an update */
    case LOOP_ADAM:
        loop_adam(w->adam, n, out[0] + at, out[1] + at, out[2] + at,
                  out[3] + at);
        break;
    case LOOP_SGD:
        loop_sgd(w->sgd, n, out[0] + at, out[1] + at, out[2] + at);
        break;
    }
}
