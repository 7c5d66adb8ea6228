/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/fail.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "workshop/pages.h"

bool error_set(struct error *err, const char *format, ...) {
    if (err == NULL) return false;
    va_list args;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    for (char *c = err->text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 127) *c = '?';
    return false;
}

/* die with file and line */
void die_at(const char *file, int line, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
    abort();
}

/* allocate or die */
void *checked_alloc(size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size)
        die("checked_alloc: %zu times %zu bytes overflow", count, size);
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (memory == NULL)
        die("checked_alloc: no memory for %zu bytes", count * size);
    pages_advise(memory, count * size);
    return memory;
}
/* print the user's error and exit */
void error_exit(const char *program, const struct error *err) {
    fflush(stdout);
    fprintf(stderr, "%s: %s\n", program, err->text);
    exit(1);
}

/* end with what is still in the buffer */
static bool reader_went_away(FILE *stream) {
    struct pollfd pipe = {.fd = fileno(stream), .events = POLLOUT};
    return poll(&pipe, 1, 0) > 0
        && (pipe.revents & (POLLERR | POLLHUP)) != 0;
}

int program_end(const char *program) {
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout)) return 0;
    int reason = errno;
    if (reason == EPIPE || reader_went_away(stdout)) return 0;
    fprintf(stderr, "%s: standard output: %s\n", program,
            reason != 0 ? strerror(reason) : "could not be written");
    return 1;
}
