#include "workshop/terminal.h"

#include "workshop/scratch.h"

/* an environment of "NAME=value" strings */
static const char *const *environment;

static const char *lookup(const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; environment[i] != NULL; i++)
        if (strncmp(environment[i], name, length) == 0
            && environment[i][length] == '=')
            return environment[i] + length + 1;
    return NULL;
}

/* Catches drawing where nobody interprets it, and colours that a user has
   refused. */
Test(terminal, is_judged_by_what_it_says_of_itself) {
    static const struct {
        const char *const environment[6];
        bool is_terminal; size_t columns; enum terminal_colour wanted;
    } cases[] = {
        {{"TERM=xterm", "LANG=C.UTF-8"}, true, 80, TERMINAL_ASCII},
        {{"TERM=xterm", "LANG=de_DE.utf8"}, true, 80, TERMINAL_ASCII},
        {{"TERM=xterm-256color", "LANG=en_GB.UTF-8"}, true, 80,
         TERMINAL_256},
        {{"TERM=xterm-256color", "COLORTERM=truecolor", "LANG=x.UTF-8"},
         true, 80, TERMINAL_TRUE},
        {{"TERM=xterm", "COLORTERM=24bit", "LANG=x.UTF-8"}, true, 80,
         TERMINAL_TRUE},
        {{"TERM=xterm-256color", "NO_COLOR=1", "COLORTERM=truecolor",
          "LANG=x.UTF-8"}, true, 80, TERMINAL_ASCII},
        {{"TERM=xterm-256color", "NO_COLOR=", "LANG=x.UTF-8"}, true, 80,
         TERMINAL_256},
        {{"TERM=xterm", "LANG=C.UTF-8"}, true, 60, TERMINAL_ASCII},
        {{"TERM=xterm", "LANG=C.UTF-8"}, true, 59, TERMINAL_PLAIN},
        {{"TERM=xterm", "LANG=C.UTF-8"}, false, 80, TERMINAL_PLAIN},
        {{"TERM=dumb", "COLORTERM=truecolor", "LANG=C.UTF-8"}, true, 80,
         TERMINAL_PLAIN},
        {{"COLORTERM=truecolor", "LANG=C.UTF-8"}, true, 80, TERMINAL_PLAIN},
        {{"TERM=xterm"}, true, 80, TERMINAL_PLAIN},
        {{"TERM=xterm", "LANG=C"}, true, 80, TERMINAL_PLAIN},
        {{"TERM=xterm", "LANG=en_GB.UTF-8", "LC_ALL=C"}, true, 80,
         TERMINAL_PLAIN},
        {{"TERM=xterm", "LANG=C", "LC_ALL=C.UTF-8"}, true, 80,
         TERMINAL_ASCII},
        {{"TERM=xterm", "LANG=C", "LC_CTYPE=C.UTF-8", "LC_ALL="}, true, 80,
         TERMINAL_ASCII},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        environment = cases[i].environment;
        struct terminal found = terminal_judge(
            lookup, cases[i].is_terminal, cases[i].columns, 24);
        cr_assert_eq(found.colour, cases[i].wanted, "case %zu: %d", i,
                     (int)found.colour);
        cr_assert(found.columns == cases[i].columns && found.lines == 24);
    }
}

Test(terminal, a_file_is_none) {
    FILE *file = tmpfile();
    cr_assert_eq(terminal_look(file).colour, TERMINAL_PLAIN);
    fclose(file);
}
