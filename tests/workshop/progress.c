#include "workshop/progress.h"

#include <math.h>
#include "workshop/scratch.h"

static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text != '\0'; text++) width += (*text & 0xc0) != 0x80;
    return width;
}

/* Catches a bar that reaches the last column and breaks the line. */
Test(progress, the_bar_fits_every_width) {
    static const double rates[] = {0, 0.001, 5.678, 123456, 1e9};
    char text[PROGRESS_TEXT];
    for (size_t columns = 60; columns < 250; columns++)
        for (size_t i = 0; i < 5; i++)
            for (uint64_t done = 0; done <= 60000; done += 7500) {
                struct progress_facts facts = {
                    "training", "images", done, 60000, rates[i],
                    i == 0 ? (double)NAN : -1234.5678};
                progress_text(&facts, columns, text);
                cr_assert(width_of(text) < columns, "%s", text);
            }
}

Test(progress, the_line_states_the_facts) {
    char text[PROGRESS_TEXT];
    struct progress_facts facts = {"training", "images", 15000, 60000,
                                   12345, 103.25};
    progress_text(&facts, 0, text);
    cr_assert_str_eq(text, "training   25 %  loss 103.25  "
                     "12.3k images/s  0:04 left");
    facts = (struct progress_facts){"search", "steps", 0, 0, 0, (double)NAN};
    progress_text(&facts, 0, text);
    cr_assert_str_eq(text, "search  100 %");
    facts = (struct progress_facts){"search", "steps", 1, 7202, 1,
                                    (double)NAN};
    progress_text(&facts, 0, text);
    cr_assert_str_eq(text, "search    0 %  1 steps/s  2:00:01 left");
}

/* what a run shows on something that is no terminal */
static char *shown_by_run(uint64_t steps) {
    static const uint8_t pixels[784];
    char *text;
    size_t count;
    FILE *file = tmpfile();
    struct progress *progress = progress_new(file, "training", "steps",
                                             steps);
    for (uint64_t i = 0; i <= steps; i++) {
        progress_step(progress, i, 1.5);
        progress_picture(progress, "samples",
                         &(struct picture){pixels, 1, 28, 28});
        if (i == steps / 2) progress_note(progress, "half of %d", 2);
    }
    progress_end(progress);
    count = (size_t)ftell(file);
    rewind(file);
    text = checked_alloc(count + 1, 1);
    cr_assert(fread(text, 1, count, file) == count);
    fclose(file);
    return text;
}

/* Catches escapes in a log, and a log of a line for each step. */
Test(progress, a_log_gets_plain_lines_and_few) {
    static const uint64_t steps[] = {1, 7, 10, 2500};
    for (size_t i = 0; i < 4; i++) {
        char *text = shown_by_run(steps[i]);
        size_t lines = 0;
        for (const char *c = text; *c != '\0'; c++) {
            cr_assert(*c == '\n' || (*c >= ' ' && *c < 127));
            lines += *c == '\n';
        }
        size_t tenths = steps[i] < 10 ? (size_t)steps[i] : 10;
        cr_assert(lines >= 3 && lines <= tenths + 2, "%s", text);
        cr_assert(strstr(text, "half of 2\n") != NULL);
        cr_assert(strstr(text, "100 %") && strstr(text, "loss 1.5"));
        cr_assert(strstr(text, " steps in 0:00\n") != NULL);
        free(text);
    }
}
