/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_PICTURE_H
#define WORKSHOP_PICTURE_H

#include <stddef.h>
#include <stdint.h>
#include "workshop/terminal.h"

/* fit a picture to a screen */
/* Grey images [count, height, width], 0 black and 255 white. */
struct picture {
    const uint8_t *images;
    size_t count, height, width;
};

/* How they stand on a screen: each image as cell_columns by cell_lines
   characters, so many images across, reduced by a whole factor where the
   screen is small. */
struct picture_layout {
    size_t reduction, across, down, cell_columns, cell_lines;
    size_t gap;                     /* empty lines between rows */
    size_t lines, bytes;            /* of text; bytes is a bound */
};
struct picture_layout picture_fit(const struct picture *picture,
                                  struct terminal terminal);

/* turn a picture into text */
/* Writes the text, lines ended by '\n', and returns its length, less than
   layout.bytes. Nothing where layout.lines is 0: on a PLAIN terminal, or
   when no reduction makes the images fit. */
size_t picture_text(const struct picture *picture,
                    const struct picture_layout *layout,
                    enum terminal_colour colour, char *text);

/* The byte for x in [0, 1], rounded; outside it is clamped, NaN is 0. */
uint8_t picture_grey(double x);

#endif
