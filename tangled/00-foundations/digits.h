/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_DIGITS_H
#define FOUNDATIONS_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include "00-foundations/data.h"
#include "workshop/pool.h"

enum { DIGITS_TRAIN = 60000, DIGITS_TEST = 10000, DIGITS_SEED = 1998 };

/* name the factors of a digit */
enum digits_factor {
    DIGITS_SLANT, DIGITS_ROTATION, DIGITS_THICKNESS, DIGITS_WIDTH,
    DIGITS_HEIGHT, DIGITS_X, DIGITS_Y, DIGITS_WAIST, DIGITS_TAPER,
    DIGITS_WOBBLE, DIGITS_WAY, DIGITS_FACTORS
};

struct digits_factor_range { const char *name, *unit; float low, high; };
extern const struct digits_factor_range digits_factors[DIGITS_FACTORS];

/* Images first to first + count - 1 of the endless row of digits that the
   seed begets: pixels, labels and factors, the same bytes on every machine,
   with any pool (NULL: the caller's thread alone) and for any division of
   the row. out is overwritten; dataset_free gives it back. */
void digits_draw(uint64_t seed, size_t first, size_t count,
                 struct pool *pool, struct dataset *out);

/* take the drawing of an image apart */
/* The label of an image, and its factors. */
uint8_t digits_describe(uint64_t seed, uint32_t example,
                        float factor[DIGITS_FACTORS]);

/* pixels[28, 28] of any label and factors, drawn with the errors that the
   pen makes in the image of that number. Dies when there is no such way. */
void digits_render(uint64_t seed, uint32_t example, uint8_t label,
                   const float factor[DIGITS_FACTORS], uint8_t *pixels);

#endif
