/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_LOOPS_H
#define PERFORMANCE_BENCH_LOOPS_H

#include "performance/isa.h"

struct bench_loops;

struct bench_loops *bench_loops_new(struct engine *engine);
void bench_loops_free(struct bench_loops *loops);
/* Each in seconds a number; the last three are 0 without a libmvec. */
double loops_traffic(struct bench_loops *loops);
double loops_map(struct bench_loops *loops, enum map f);
double loops_own(struct bench_loops *loops, enum own f);
double loops_normal(struct bench_loops *loops);
double loops_adam(struct bench_loops *loops);
/* x/2, all x being this number */
double loops_halve(struct bench_loops *loops, real number);
double loops_libmvec(struct bench_loops *loops, const char *function);
double loops_libmvec_sigmoid(struct bench_loops *loops);
double loops_libmvec_softplus(struct bench_loops *loops);
/* FLOP/s of multiply-adds in registers, and bytes/s far from any cache */
double bench_peak(const struct engine *engine);
double bench_bandwidth(struct engine *engine);

#endif
