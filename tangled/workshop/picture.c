/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/picture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RESERVED_LINES = 3, CELL_BYTES = 48, LARGEST_REDUCTION = 16 };

/* try one reduction */
static bool try_layout(const struct picture *picture,
                       struct terminal terminal, size_t reduction,
                       size_t gap, struct picture_layout *layout) {
    size_t width = (picture->width + reduction - 1) / reduction;
    size_t height = (picture->height + 2 * reduction - 1) / (2 * reduction);
    size_t across = (terminal.columns + 1) / (width + 1);
    if (across == 0) return false;
    if (across > picture->count) across = picture->count;
    size_t down = (picture->count + across - 1) / across;
    across = (picture->count + down - 1) / down;
    size_t lines = down * (height + gap) - gap;
    *layout = (struct picture_layout){
        reduction, across, down, width, height, gap, lines,
        lines * (across * (width * CELL_BYTES + 8) + 8) + 1};
    return lines + RESERVED_LINES <= terminal.lines;
}


/* take the first layout that fits */
struct picture_layout picture_fit(const struct picture *picture,
                                  struct terminal terminal) {
    struct picture_layout layout = {0};
    if (terminal.colour == TERMINAL_PLAIN || picture->count == 0)
        return layout;
    for (size_t reduction = 1; reduction <= LARGEST_REDUCTION; reduction++)
        for (size_t gap = 2; gap-- > 0;)
            if (try_layout(picture, terminal, reduction, gap, &layout))
                return layout;
    return (struct picture_layout){0};
}

/* average a block of pixels */
static uint8_t block_mean(const struct picture *picture, size_t image,
                          size_t y, size_t x, size_t high, size_t wide) {
    const uint8_t *pixels = picture->images
                          + image * picture->height * picture->width;
    size_t sum = 0, count = 0;
    for (size_t i = y; i < y + high && i < picture->height; i++)
        for (size_t j = x; j < x + wide && j < picture->width; j++) {
            sum += pixels[i * picture->width + j];
            count++;
        }
    return (uint8_t)(count > 0 ? (sum + count / 2) / count : 0);
}

/* draw a cell in half blocks */
static unsigned grey_of_256(uint8_t grey) {
    if (grey < 4) return 16;
    if (grey > 246) return 231;
    return 232 + (grey < 234 ? (grey - 3u) / 10 : 23);
}

static size_t half_block(char *text, enum terminal_colour colour,
                         unsigned top, unsigned bottom, bool changed) {
    if (!changed) return (size_t)sprintf(text, "▀");
    if (colour == TERMINAL_256)
        return (size_t)sprintf(text, "\033[38;5;%u;48;5;%um▀",
                               grey_of_256((uint8_t)top),
                               grey_of_256((uint8_t)bottom));
    return (size_t)sprintf(text, "\033[38;2;%u;%u;%u;48;2;%u;%u;%um▀",
                           top, top, top, bottom, bottom, bottom);
}

/* draw a cell as a letter */
static char letter(unsigned grey) {
    static const char shades[] = " .:-=+*#%@";
    return shades[grey * 9 / 255];
}
/* draw a line of cells */
static size_t draw_cells(const struct picture *picture,
                         const struct picture_layout *layout,
                         enum terminal_colour colour, size_t image,
                         size_t line, char *text) {
    size_t r = layout->reduction, used = 0, before = SIZE_MAX;
    for (size_t column = 0; column < layout->cell_columns; column++) {
        size_t y = line * 2 * r, x = column * r;
        if (colour == TERMINAL_ASCII) {
            text[used++] = letter(block_mean(picture, image, y, x, 2 * r,
                                             r));
            continue;
        }
        unsigned top = block_mean(picture, image, y, x, r, r);
        unsigned bottom = block_mean(picture, image, y + r, x, r, r);
        size_t colours = top * 256 + bottom;
        used += half_block(text + used, colour, top, bottom,
                           colours != before);
        before = colours;
    }
    if (colour != TERMINAL_ASCII)
        used += (size_t)sprintf(text + used, "\033[0m");
    return used;
}

/* draw all lines */
size_t picture_text(const struct picture *picture,
                    const struct picture_layout *layout,
                    enum terminal_colour colour, char *text) {
    size_t used = 0, period = layout->cell_lines + layout->gap;
    for (size_t line = 0; line < layout->lines; line++) {
        size_t row = line / period, within = line % period;
        for (size_t i = 0; i < layout->across; i++) {
            size_t image = row * layout->across + i;
            if (within >= layout->cell_lines || image >= picture->count)
                break;
            if (i > 0) text[used++] = ' ';
            used += draw_cells(picture, layout, colour, image, within,
                               text + used);
        }
        text[used++] = '\n';
    }
    text[used] = '\0';
    return used;
}

uint8_t picture_grey(double x) {
    if (!(x > 0)) return 0;
    return x < 1 ? (uint8_t)(x * 255 + 0.5) : 255;
}
