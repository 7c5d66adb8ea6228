/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_FAIL_H
#define WORKSHOP_FAIL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __GNUC__
#define PRINTF_LIKE(text, first) \
    __attribute__((format(printf, text, first)))
#else
#define PRINTF_LIKE(text, first)
#endif

/* report the mistakes of the outside world */
/* What went wrong outside the program: one line "what: why". */
struct error { char text[512]; };

/* Writes the line into err (cut where it ends; err may be NULL) and returns
   false, so that a function may end in return error_set(err, ...). */
bool error_set(struct error *err, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* stop at the mistakes of the programmer */
/* One line "file:line: text" on stderr, then abort(). */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void die_at(const char *file, int line, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* Zeroed memory for count objects of size bytes, to be given to free().
   Dies when there is none, or when count * size overflows. */
void *checked_alloc(size_t count, size_t size);

/* end a program */
/* Prints "program: text" on stderr and exits with status 1. */
_Noreturn void error_exit(const char *program, const struct error *err);

/* Flushes stdout and returns the program's exit status: 0, or 1 after a
   line on stderr when the output could not be written. A reader that went
   away, as in "chapter4 | head", is no failure. */
int program_end(const char *program);

#endif
