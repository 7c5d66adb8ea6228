/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_FILE_H
#define WORKSHOP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include "workshop/fail.h"

/* Opens a regular file for reading and tells its size in bytes. NULL and a
   line in err when it is missing, unreadable, a folder or a device. */
FILE *file_open(const char *path, size_t *bytes, struct error *err);

/* Reads exactly count bytes; path is for the line in err. */
bool file_read(FILE *in, const char *path, void *bytes, size_t count,
               struct error *err);

/* Memory for a file's contents, to be given to free(): count objects of
   size bytes, at a multiple of 64. NULL and a line in err, where
   checked_alloc would die: its size came from the file. */
void *file_alloc(const char *path, size_t count, size_t size,
                 struct error *err);

/* reckon with shapes from a file */
/* Writes a shape as "[60000, 28, 28]" and returns text. */
enum { SHAPE_TEXT = 256 };
const char *shape_text(char text[SHAPE_TEXT], size_t rank,
                       const size_t shape[]);

/* The product of a shape and size in *product; false when it overflows. */
bool shape_product(size_t rank, const size_t shape[], size_t size,
                   size_t *product);

#endif
