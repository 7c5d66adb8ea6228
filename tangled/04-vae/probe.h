/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_PROBE_H
#define VAE_PROBE_H

#include <stdint.h>

#include "00-foundations/kernels.h"

/* What a model says about labelled images: x[count, width], labels[count]
   from 0 to 9. */
struct features { size_t count, width; real *x; const uint8_t *labels; };

/* The percentage of the test images that a linear classifier of ten
   classes gets wrong, fitted to the features of the training images.
   Both sets are standardised in place, by mean and deviation of the first;
   a feature that never varies becomes zero. */
double probe_error(struct engine *engine, struct features *train,
                   struct features *test);

#endif
