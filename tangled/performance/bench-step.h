/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_STEP_H
#define PERFORMANCE_BENCH_STEP_H

#include "00-foundations/data.h"
#include "00-foundations/parameters.h"

/* pixels-hidden-(latents, latents)-hidden-pixels, ReLU, logits, Adam */
struct trainer;

struct trainer *trainer_new(struct engine *engine,
                            const struct dataset *data, size_t batch,
                            size_t hidden);
void trainer_free(struct trainer *trainer);
/* One step on the next batch; returns its loss in nats an image. */
real trainer_step(struct trainer *trainer);
size_t trainer_parameters(const struct trainer *trainer);
size_t trainer_activations(const struct trainer *trainer);  /* bytes */

/* Shortest and mean time of a step within the budget, in seconds. */
double trainer_fastest(struct trainer *trainer, double budget);
double trainer_mean(struct trainer *trainer, double budget);

#endif
