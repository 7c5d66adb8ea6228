/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/checkpoint.h"

/* write times and rates for people */
static const char *time_text(char text[32], double seconds) {
    unsigned long s = seconds < 360000 ? (unsigned long)(seconds + 0.5)
                                       : 359999;
    if (s < 3600) snprintf(text, 32, "%lu:%02lu", s / 60, s % 60);
    else snprintf(text, 32, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60,
                  s % 60);
    return text;
}

static const char *rate_text(char text[32], double rate) {
    if (rate >= 999.5e3) snprintf(text, 32, "%.3gM", rate / 1e6);
    else if (rate >= 999.5) snprintf(text, 32, "%.3gk", rate / 1e3);
    else snprintf(text, 32, "%.3g", rate);
    return text;
}
/* write the line */
void progress_text(const struct progress_facts *facts, size_t columns,
                   char text[PROGRESS_TEXT]) {
    char loss[64] = "", rate[64] = "", left[64] = "", number[32];
    double part = facts->total > 0
        ? (double)facts->done / (double)facts->total : 1;
    if (!isnan(facts->loss))
        snprintf(loss, sizeof loss, "  loss %.5g", facts->loss);
    if (facts->rate > 0) {
        double seconds = (double)(facts->total - facts->done)
                       / facts->rate;
        snprintf(rate, sizeof rate, "  %s %.20s/s",
                 rate_text(number, facts->rate), facts->unit);
        snprintf(left, sizeof left, "  %s left",
                 time_text(number, seconds));
    }
    /* leave out words that have no room */
    size_t words = strlen(loss) + strlen(rate) + strlen(left) + 28;
    if (columns > 0 && words + 10 > columns) {
        words -= strlen(rate);
        rate[0] = '\0';
    }
    size_t room = columns > words + 10 ? columns - words : 10;
    if (room > 40) room = 40;

    size_t used = (size_t)snprintf(text, PROGRESS_TEXT, "%.20s ",
                                   facts->what);
    for (size_t i = 0; i < room && columns > 0; i++, used += 3)
        memcpy(text + used,
               (double)i < part * (double)room ? "█" : "░", 3);
    snprintf(text + used, PROGRESS_TEXT - used, " %3d %%%s%s%s",
             (int)(part * 100), loss, rate, left);
}
/* know what stands on the screen */
struct progress {
    FILE *out;
    struct progress_facts facts;
    uint64_t first;                 /* done at the first step */
    bool started;
    double start, drawn;            /* on clock_seconds */
    int tenth;                      /* of the last plain line */
    struct terminal terminal;
    char *caption, *text;           /* of the picture */
    size_t room, lines, shown;      /* bytes; lines of it; on the screen */
};

struct progress *progress_new(FILE *out, const char *what, const char *unit,
                              uint64_t total) {
    struct progress *progress = checked_alloc(1, sizeof *progress);
    progress->out = out;
    progress->facts = (struct progress_facts){what, unit, 0, total, 0, NAN};
    progress->start = clock_seconds();
    progress->terminal = terminal_look(out);
    progress->caption = checked_alloc(256, 1);
    return progress;
}
/* draw the display */
static bool is_plain(struct progress *progress) {
    struct terminal now = terminal_look(progress->out);
    if (now.columns != progress->terminal.columns) progress->shown = 0;
    progress->terminal = now;
    return now.colour == TERMINAL_PLAIN;
}

/* draw bar and picture */
static void draw_bar(struct progress *progress) {
    char text[PROGRESS_TEXT];
    progress_text(&progress->facts, progress->terminal.columns, text);
    fprintf(progress->out, "\r%s\033[K\r", text);
    fflush(progress->out);
}

/* erases bar and picture; the cursor stands where the picture began */
static void erase(struct progress *progress) {
    fputc('\r', progress->out);
    if (progress->shown > 0)
        fprintf(progress->out, "\033[%zuA", progress->shown);
    fputs("\033[J", progress->out);
    progress->shown = 0;
}

static void draw_picture(struct progress *progress) {
    if (progress->lines == 0) return;
    fprintf(progress->out, "%s\033[K\n%s", progress->caption,
            progress->text);
    progress->shown = progress->lines + 1;
}

/* take a step */
void progress_step(struct progress *progress, uint64_t done, double loss) {
    struct progress_facts *facts = &progress->facts;
    double now = clock_seconds();
    if (!progress->started) {
        progress->started = true;
        progress->first = done;
        progress->start = now;
    }
    facts->done = done < facts->total ? done : facts->total;
    facts->loss = loss;
    if (now - progress->drawn < 0.1 && done < facts->total) return;
    progress->drawn = now;
    if (now > progress->start)
        facts->rate = (double)(done - progress->first)
                    / (now - progress->start);
    if (!is_plain(progress)) {
        draw_bar(progress);
        return;
    }
    /* print a plain line at each tenth */
    int tenth = facts->total > 0
        ? (int)(10 * (double)done / (double)facts->total) : 10;
    if (tenth <= progress->tenth) return;
    progress->tenth = tenth;
    char text[PROGRESS_TEXT];
    progress_text(facts, 0, text);
    fprintf(progress->out, "%s\n", text);
    fflush(progress->out);
}
/* print a note */
void progress_note(struct progress *progress, const char *format, ...) {
    bool plain = is_plain(progress);
    if (!plain) erase(progress);
    va_list args;
    va_start(args, format);
    vfprintf(progress->out, format, args);
    va_end(args);
    fputc('\n', progress->out);
    if (!plain) {
        draw_picture(progress);
        draw_bar(progress);
    }
    fflush(progress->out);
}

/* refine the picture */
void progress_picture(struct progress *progress, const char *caption,
                      const struct picture *picture) {
    if (is_plain(progress)) return;
    struct picture_layout layout = picture_fit(picture, progress->terminal);
    if (layout.lines == 0) return;
    if (layout.bytes > progress->room) {
        free(progress->text);
        progress->text = checked_alloc(layout.bytes, 1);
        progress->room = layout.bytes;
    }
    picture_text(picture, &layout, progress->terminal.colour,
                 progress->text);
    snprintf(progress->caption, 256, "%.*s",
             (int)progress->terminal.columns - 1, caption);
    if (progress->shown == layout.lines + 1)
        fprintf(progress->out, "\r\033[%zuA", progress->shown);
    else
        erase(progress);
    progress->lines = layout.lines;
    draw_picture(progress);
    draw_bar(progress);
}

/* end the display */
void progress_end(struct progress *progress) {
    const struct progress_facts *facts = &progress->facts;
    char took[32];
    time_text(took, clock_seconds() - progress->start);
    if (!is_plain(progress)) fputs("\r\033[K", progress->out);
    fprintf(progress->out, "%s: %" PRIu64 " %s in %s\n", facts->what,
            facts->done, facts->unit, took);
    fflush(progress->out);
    free(progress->caption);
    free(progress->text);
    free(progress);
}
