/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_TERMINAL_H
#define WORKSHOP_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* tell terminals apart */
/* How pictures may be drawn. PLAIN: not at all, and no line is redrawn. */
enum terminal_colour {
    TERMINAL_PLAIN, TERMINAL_ASCII, TERMINAL_256, TERMINAL_TRUE
};

struct terminal {
    enum terminal_colour colour;
    size_t columns, lines;
};

/* What a stream leads to, now. Asks again at each call, since windows
   change. */
struct terminal terminal_look(FILE *stream);

/* The rule behind it: getenv-like lookup, whether the stream is a terminal,
   and its size. PLAIN where it is no terminal, is narrower than 60 columns,
   not UTF-8, or dumb. */
struct terminal terminal_judge(const char *(*lookup)(const char *name),
                               bool is_terminal, size_t columns,
                               size_t lines);

#endif
