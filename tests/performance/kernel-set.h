/* The kernels and convolutions of chapter 0 as a table, so that a test can be
   written once and run on two implementations that are linked into one
   program. */
#ifndef TESTS_KERNEL_SET_H
#define TESTS_KERNEL_SET_H

#include "00-foundations/convolution.h"

#define EACH_KERNEL(X) \
    X(engine_new) X(engine_free) X(kernel_matmul) X(kernel_map) \
    X(kernel_map_backward) X(kernel_zip) X(kernel_multiply_add) \
    X(kernel_axpy) X(kernel_scale) X(kernel_sum) X(kernel_sum_rows) \
    X(kernel_softmax_cross_entropy) \
    X(kernel_softmax_cross_entropy_backward) X(kernel_bernoulli_nll) \
    X(kernel_bernoulli_nll_backward) X(kernel_gaussian_sample) \
    X(kernel_gaussian_sample_backward) X(kernel_gaussian_kl) \
    X(kernel_gaussian_kl_backward) X(kernel_uniform) X(kernel_normal) \
    X(kernel_binarise) X(kernel_adam) X(kernel_sgd) X(kernel_conv) \
    X(kernel_conv_input) X(kernel_conv_weights) X(kernel_conv_bias)

#define KERNEL_FIELD(name) __typeof__(name) *name;
struct kernel_set { EACH_KERNEL(KERNEL_FIELD) };
#undef KERNEL_FIELD

/* Chapter 0's plain loops; defined in oracle.c. */
extern const struct kernel_set plain_kernels;

/* The kernels that the program was linked with. */
#define KERNEL_NAME(name) name,
#define LINKED_KERNELS { EACH_KERNEL(KERNEL_NAME) }

/* The engines to be compared: every instruction set, one to three threads.
   Returns NULL, after a word, when this processor lacks the set. */
enum { ENGINES = 12 };
struct engine *engine_numbered(size_t number);

/* Equal bits, or both not a number: which NaN it is says nothing. */
bool same_bits(size_t n, const real *a, const real *b);

#endif
