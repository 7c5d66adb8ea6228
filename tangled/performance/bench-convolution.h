/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_CONVOLUTION_H
#define PERFORMANCE_BENCH_CONVOLUTION_H

#include "00-foundations/convolution.h"
#include "performance/bench-torch.h"

/* Floating-point operations of a layer, forward or forward and backward. */
double layer_flop(const struct conv *shape, bool both);
/* Shortest times, in seconds; 0 without a peer. */
double layer_ours(struct engine *engine, const struct conv *shape,
                  bool both);
double layer_torch(struct torch *torch, const struct conv *shape, bool both,
                   size_t threads);

#endif
