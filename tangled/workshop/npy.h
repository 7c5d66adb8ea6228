/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_NPY_H
#define WORKSHOP_NPY_H

#include <stdbool.h>
#include <stddef.h>
#include "workshop/fail.h"

enum npy_type { NPY_F4, NPY_F8, NPY_U1, NPY_I8 };   /* NumPy's names */
enum { NPY_MAX_RANK = 8 };

struct npy {
    enum npy_type type;
    size_t rank, shape[NPY_MAX_RANK];
    void *data;                     /* in C order; npy_free frees it */
};

size_t npy_size(const struct npy *array);           /* elements */

/* Version 1.0, little-endian, atomically. */
bool npy_write(const char *path, const struct npy *array,
               struct error *err);

/* Reads one of these types in C order. Anything else gives false and a
   line in err, and leaves the array empty. */
bool npy_read(const char *path, struct npy *array, struct error *err);
void npy_free(struct npy *array);

#endif
