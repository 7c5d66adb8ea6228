/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_PNG_H
#define WORKSHOP_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "workshop/fail.h"

/* Writes gray[height, width], 0 black and 255 white, atomically. */
bool png_write(const char *path, const uint8_t *gray, size_t height,
               size_t width, struct error *err);

/* Writes images[count, height, width] in rows of so many columns, each
   pixel as a square of zoom pixels, with lines of two grey pixels between
   the images. */
bool png_write_grid(const char *path, const uint8_t *images, size_t count,
                    size_t height, size_t width, size_t columns,
                    size_t zoom, struct error *err);

/* The two checksums of the format, for a first piece begin with 0 and 1. */
uint32_t png_crc32(uint32_t crc, const void *bytes, size_t count);
uint32_t png_adler32(uint32_t adler, const void *bytes, size_t count);

#endif
