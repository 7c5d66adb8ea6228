/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_DATA_H
#define FOUNDATIONS_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "00-foundations/real.h"
#include "workshop/fail.h"
#include "workshop/pool.h"

/* describe a set of images */
struct dataset {
    size_t count, height, width;
    uint8_t *pixels;                /* [count, height * width] */
    uint8_t *labels;                /* [count], or NULL */
    real *factors;                  /* [count, factor_count], or NULL */
    size_t factor_count;
};

/* load images */
/* what: "digits" (drawn by the pool, 60,000 and 10,000), "mnist" (the
   folder data/mnist), a folder with MNIST's four file names, or an IDX file
   of images without labels, whose last tenth becomes the test set. On a
   mistake: false, a line in err, and both sets empty. */
bool data_load(const char *what, struct pool *pool, struct dataset *train,
               struct dataset *test, struct error *err);
void dataset_free(struct dataset *data);

/* x[count, pixels] = bytes / 255 of the images order[0..count), or of the
   first count images when order is NULL; labels likewise, when not NULL.
   pool: of the threads that share the work, or NULL. */
void data_batch(struct pool *pool, const struct dataset *data,
                const uint32_t *order, size_t count, real *x,
                uint8_t *labels);

#endif
