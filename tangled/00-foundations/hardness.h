/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_HARDNESS_H
#define FOUNDATIONS_HARDNESS_H

#include "00-foundations/data.h"
#include "00-foundations/kernels.h"
#include "workshop/ledger.h"

/* How hard a set of labelled images is: labels are below 10, test images
   have the size of the training images. Dies when the product of two images
   (of bytes) is 2^24 or more, and so might not be exact. */

/* nearest[test->count]: for each test image, the training image at the
   least squared distance; the first of several. Exact. */
void hardness_nearest(struct engine *engine, const struct dataset *train,
                      const struct dataset *test, uint32_t *nearest);

/* The share of test images that multinomial logistic regression gets right
   (Adam, rate 1e-3, batches of 100). False when training was stopped. */
bool hardness_linear(struct engine *engine, const struct dataset *train,
                     const struct dataset *test, size_t epochs,
                     double *accuracy, struct error *err);

/* Puts NAME.mean_pixel, NAME.nn1.error, NAME.nn1.error.0 to .9 and
   NAME.linear.accuracy; all but the first in per cent. */
bool hardness_measure(struct engine *engine, const char *name,
                      const struct dataset *train,
                      const struct dataset *test, struct ledger *ledger,
                      struct error *err);

#endif
