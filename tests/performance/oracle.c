/* The plain kernels under other names, beside the linked ones. */
#ifndef REAL_IS_DOUBLE

#define engine_new plain_engine_new
#define engine_free plain_engine_free
#define engine_isa plain_engine_isa
#define engine_threads plain_engine_threads
#define engine_pool plain_engine_pool
#define kernel_matmul plain_matmul
#define kernel_map plain_map
#define kernel_map_backward plain_map_backward
#define kernel_zip plain_zip
#define kernel_multiply_add plain_multiply_add
#define kernel_axpy plain_axpy
#define kernel_scale plain_scale
#define kernel_sum plain_sum
#define kernel_sum_rows plain_sum_rows
#define kernel_softmax_cross_entropy plain_softmax_cross_entropy
#define kernel_softmax_cross_entropy_backward \
    plain_softmax_cross_entropy_backward
#define kernel_bernoulli_nll plain_bernoulli_nll
#define kernel_bernoulli_nll_backward plain_bernoulli_nll_backward
#define kernel_gaussian_sample plain_gaussian_sample
#define kernel_gaussian_sample_backward plain_gaussian_sample_backward
#define kernel_gaussian_kl plain_gaussian_kl
#define kernel_gaussian_kl_backward plain_gaussian_kl_backward
#define kernel_uniform plain_uniform
#define kernel_normal plain_normal
#define kernel_binarise plain_binarise
#define kernel_adam plain_adam
#define kernel_sgd plain_sgd
#define kernel_conv plain_conv
#define kernel_conv_input plain_conv_input
#define kernel_conv_weights plain_conv_weights
#define kernel_conv_bias plain_conv_bias

#include "00-foundations/kernels.c"
#include "00-foundations/convolution.c"
#include "performance/kernel-set.h"

const struct kernel_set plain_kernels = LINKED_KERNELS;

#endif
