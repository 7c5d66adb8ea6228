/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_PROGRESS_H
#define WORKSHOP_PROGRESS_H

#include <stdint.h>
#include <stdio.h>
#include "workshop/fail.h"
#include "workshop/picture.h"

/* The display of a run under way: notes that stay, under them one picture
   refined in place, under it a bar with the time left. Where the terminal
   is PLAIN: the notes, and a line at each tenth of the run. */
struct progress;

/* show how far a run has come */
/* what names the work ("training"); unit is what done and total count, in
   the plural ("images"). The display goes to out, normally stdout. */
struct progress *progress_new(FILE *out, const char *what, const char *unit,
                              uint64_t total);

/* done of total; loss is shown beside it unless it is NAN. Draws at most
   ten times a second. */
void progress_step(struct progress *progress, uint64_t done, double loss);

/* A line that stays. */
void progress_note(struct progress *progress, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Replaces the picture by this one, under a caption. */
void progress_picture(struct progress *progress, const char *caption,
                      const struct picture *picture);

/* Leaves the last picture and a closing line with the time taken. */
void progress_end(struct progress *progress);

/* put the facts in one line */
struct progress_facts {
    const char *what, *unit;
    uint64_t done, total;
    double rate;                    /* units a second, 0: unknown */
    double loss;                    /* or NAN */
};
enum { PROGRESS_TEXT = 1024 };

/* One line without its end: with a bar, at most columns - 1 wide, or
   without one when columns is 0. */
void progress_text(const struct progress_facts *facts, size_t columns,
                   char text[PROGRESS_TEXT]);

#endif
