/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_IDX_H
#define WORKSHOP_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "workshop/fail.h"

/* Unsigned bytes of rank 3, images [count, height, width], or of rank 1,
   labels [count]. */
struct idx {
    size_t rank, shape[3];          /* unused dimensions are 1 */
    uint8_t *data;                  /* owned; idx_free frees it */
};

/* Reads a file that must hold data of this rank (1 or 3). A file that is
   missing, unreadable, compressed, too short, too long, or not what its
   header says gives false and a line in err, and leaves idx empty. */
bool idx_read(const char *path, size_t rank, struct idx *idx,
              struct error *err);

/* Writes one, atomically. */
bool idx_write(const char *path, const struct idx *idx, struct error *err);
void idx_free(struct idx *idx);
#endif
