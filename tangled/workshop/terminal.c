/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* recognise UTF-8 */
static const char *value_of(const char *(*lookup)(const char *name),
                            const char *name) {
    const char *value = lookup(name);
    return value != NULL ? value : "";
}

static bool is_utf8(const char *(*lookup)(const char *name)) {
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    static const char *const spellings[] = {"UTF-8", "utf-8", "UTF8",
                                            "utf8"};
    const char *locale = "";
    for (size_t i = 0; i < 3 && *locale == '\0'; i++)
        locale = value_of(lookup, names[i]);
    for (size_t i = 0; i < 4; i++)
        if (strstr(locale, spellings[i]) != NULL) return true;
    return false;
}

/* judge the terminal */
enum { NARROWEST = 60 };

struct terminal terminal_judge(const char *(*lookup)(const char *name),
                               bool is_terminal, size_t columns,
                               size_t lines) {
    const char *term = value_of(lookup, "TERM");
    const char *depth = value_of(lookup, "COLORTERM");
    struct terminal found = {TERMINAL_PLAIN, columns, lines};
    if (!is_terminal || columns < NARROWEST || !is_utf8(lookup)
        || *term == '\0' || strcmp(term, "dumb") == 0)
        return found;
    found.colour = TERMINAL_ASCII;
    if (*value_of(lookup, "NO_COLOR") != '\0') return found;
    if (strstr(term, "256color") != NULL) found.colour = TERMINAL_256;
    if (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0)
        found.colour = TERMINAL_TRUE;
    return found;
}

/* look at the terminal */
static const char *environment(const char *name) { return getenv(name); }

struct terminal terminal_look(FILE *stream) {
    int fd = fileno(stream);
    size_t columns = 80, lines = 24;
    if (fd < 0 || !isatty(fd))
        return terminal_judge(environment, false, columns, lines);
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        columns = size.ws_col;
        lines = size.ws_row;
    }
#endif
    return terminal_judge(environment, true, columns, lines);
}
