/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_TORCH_H
#define PERFORMANCE_BENCH_TORCH_H

#include <stddef.h>

struct torch;

/* Starts the peer; NULL when Python or PyTorch is missing. */
struct torch *torch_start(void);
void torch_stop(struct torch *torch);
const char *torch_version(const struct torch *torch);
/* Seconds for a thing that the peer knows by name, with so many threads of
   its own and of its BLAS; 0 without a peer. */
double torch_ask(struct torch *torch, const char *what, size_t threads,
                 size_t blas_threads);
/* The shortest time over the choices of one and many threads, both one
   excepted. */
double torch_best(struct torch *torch, const char *what, size_t threads);

#endif
