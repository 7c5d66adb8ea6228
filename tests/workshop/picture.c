#include "workshop/picture.h"

#include <math.h>
#include "workshop/scratch.h"

static struct picture_layout draw(const struct picture *picture,
                                  struct terminal terminal, char **text) {
    struct picture_layout layout = picture_fit(picture, terminal);
    *text = checked_alloc(layout.bytes + 1, 1);
    if (layout.lines > 0) {
        size_t used = picture_text(picture, &layout, terminal.colour, *text);
        cr_assert(used < layout.bytes && strlen(*text) == used,
                  "%zu bytes of %zu", used, layout.bytes);
    }
    return layout;
}

static void assert_draws(const struct picture *picture,
                         struct terminal terminal, const char *wanted) {
    char *text;
    draw(picture, terminal, &text);
    cr_assert_str_eq(text, wanted);
    free(text);
}

/* Catches halves that are swapped, and a colour in the wrong place. */
Test(picture, a_cell_has_the_colours_of_two_pixels) {
    static const uint8_t pixels[] = {0, 255, 7, 128};
    const struct picture picture = {pixels, 1, 2, 2};
    assert_draws(&picture, (struct terminal){TERMINAL_TRUE, 80, 24},
                 "\033[38;2;0;0;0;48;2;7;7;7m▀"
                 "\033[38;2;255;255;255;48;2;128;128;128m▀\033[0m\n");
    assert_draws(&picture, (struct terminal){TERMINAL_256, 80, 24},
                 "\033[38;5;16;48;5;232m▀\033[38;5;231;48;5;244m▀\033[0m\n");
}

Test(picture, an_unchanged_colour_is_not_repeated) {
    static const uint8_t pixels[] = {9, 9, 9, 9, 9, 9};
    assert_draws(&(const struct picture){pixels, 1, 2, 3},
                 (struct terminal){TERMINAL_TRUE, 80, 24},
                 "\033[38;2;9;9;9;48;2;9;9;9m▀▀▀\033[0m\n");
}

/* Catches images in the wrong order, a missing gap, a ragged end. */
Test(picture, letters_stand_for_shades_in_a_grid) {
    static const uint8_t pixels[3 * 4 * 2] = {
        0, 255, 0, 255, 255, 0, 255, 0,
        29, 58, 29, 58, 86, 114, 86, 114,
        255, 255, 255, 255, 0, 0, 0, 0};
    const struct picture picture = {pixels, 3, 4, 2};
    assert_draws(&picture, (struct terminal){TERMINAL_ASCII, 80, 24},
                 " @ .: @@\n@  -=   \n");
    assert_draws(&picture, (struct terminal){TERMINAL_ASCII, 5, 24},
                 " @ .:\n@  -=\n\n@@\n  \n");
}

Test(picture, a_reduced_pixel_is_the_mean_of_its_block) {
    uint8_t pixels[16];
    for (int i = 0; i < 16; i++)
        pixels[i] = i % 4 < 2 ? (i / 8 == 0 ? 0 : 100) : (i % 2 ? 255 : 0);
    assert_draws(&(const struct picture){pixels, 1, 4, 4},
                 (struct terminal){TERMINAL_TRUE, 80, 4},
                 "\033[38;2;0;0;0;48;2;100;100;100m▀"
                 "\033[38;2;128;128;128;48;2;128;128;128m▀\033[0m\n");
}

/* the columns that a line takes, its colours left out */
static size_t width_of(const char *line) {
    size_t width = 0;
    for (const char *c = line; *c != '\n'; c++) {
        if (*c == '\033') c += strcspn(c, "m");
        else if ((*c & 0xc0) != 0x80) width++;
    }
    return width;
}

/* Catches a picture that scrolls the screen or breaks its lines, on any
   screen, and a bound on the bytes that is none. */
Test(picture, fits_every_screen_it_is_drawn_on) {
    unsigned state = 1;
    for (int round = 0; round < 1500; round++) {
        struct picture picture = {NULL, 1 + scratch_random(&state) % 30,
                                  1 + scratch_random(&state) % 70,
                                  1 + scratch_random(&state) % 70};
        size_t size = picture.count * picture.height * picture.width;
        uint8_t *pixels = checked_alloc(size, 1);
        for (size_t i = 0; i < size; i++)
            pixels[i] = (uint8_t)scratch_random(&state);
        picture.images = pixels;
        struct terminal terminal = {
            (enum terminal_colour)(1 + round % 3),
            60 + scratch_random(&state) % 150,
            scratch_random(&state) % 70};
        char *text;
        struct picture_layout layout = draw(&picture, terminal, &text);
        size_t lines = 0;
        for (const char *c = text; *c != '\0'; c++) {
            cr_assert(width_of(c) <= terminal.columns);
            c += strcspn(c, "\n");
            lines++;
        }
        cr_assert_eq(lines, layout.lines);
        if (lines > 0) cr_assert(lines + 3 <= terminal.lines);
        cr_assert(layout.across * layout.down >= picture.count || !lines);
        free(text);
        free(pixels);
    }
}

/* Catches a layout that wastes the common screens. */
Test(picture, twelve_digits_are_whole_on_common_screens) {
    static const uint8_t pixels[12 * 784];
    const struct picture picture = {pixels, 12, 28, 28};
    struct picture_layout small = picture_fit(
        &picture, (struct terminal){TERMINAL_TRUE, 80, 24});
    cr_assert(small.reduction == 2 && small.across == 4 && small.down == 3);
    struct picture_layout large = picture_fit(
        &picture, (struct terminal){TERMINAL_TRUE, 200, 50});
    cr_assert(large.reduction == 1 && large.across == 6 && large.down == 2);
    cr_assert_eq(picture_fit(&picture, (struct terminal){TERMINAL_PLAIN, 80,
                                                         24}).lines, 0);
}

Test(picture, grey_is_rounded_and_clamped) {
    cr_assert(picture_grey(0) == 0 && picture_grey(1) == 255
              && picture_grey(0.5) == 128 && picture_grey(-3) == 0
              && picture_grey(7) == 255 && picture_grey((double)NAN) == 0
              && picture_grey(INFINITY) == 255);
}
