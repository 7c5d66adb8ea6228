/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_SAMPLES_H
#define PERFORMANCE_BENCH_SAMPLES_H

#include "00-foundations/data.h"
#include "00-foundations/kernels.h"

enum { SAMPLE_BATCH = 500, SAMPLES = 5000 };

struct samples;

/* An untrained 784-200-200-50 network, and an image to be priced. */
struct samples *samples_new(struct engine *engine,
                            const struct dataset *data);
void samples_free(struct samples *samples);
/* log p(x) of the image by importance weights of SAMPLES codes */
double samples_estimate(struct samples *samples);
double samples_seconds(struct samples *samples);    /* for one image */

#endif
