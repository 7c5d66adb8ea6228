/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_OPTIONS_H
#define WORKSHOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "workshop/fail.h"

/* describe an option by a row */
enum option_kind {
    OPTION_FLAG,                    /* bool; takes no argument */
    OPTION_SIZE,                    /* size_t */
    OPTION_UINT64,                  /* uint64_t */
    OPTION_REAL,                    /* double */
    OPTION_STRING,                  /* const char *, NULL: none */
    OPTION_CHOICE                   /* size_t, an index into choices */
};

struct option {
    const char *name;               /* without the two dashes */
    enum option_kind kind;
    void *target;
    const char *argument;           /* its name on the help page, or NULL */
    const char *help;               /* a phrase, without a full stop */
    double least, most;             /* of numbers, when least < most */
    const char *const *choices;     /* ends in NULL */
};

/* gather the options that every program has */
struct run_options {
    uint64_t seed;                  /* 0 is a seed like any other */
    size_t threads;                 /* 0: one a processor, up to 64 */
    size_t epochs;                  /* 0: the program has no epochs */
    const char *data;               /* NULL: "digits" */
    const char *out;                /* where results go, or NULL */
    const char *save, *load;        /* model files, or NULL */
    const char *resume;             /* checkpoint to go on from, or NULL */
    bool help;                      /* --help was given */
};

/* What a program says of itself. */
struct program {
    const char *name;               /* the last part of argv[0], if NULL */
    const char *purpose;            /* one sentence for the help page */
    const struct option *options;   /* its own, beside the common set */
    size_t count;
};

/* read a command line */
/* Reads the words, prints the help page and exits when asked to, or prints
   one line and exits with status 1 on a mistake. Returns the program's
   name, for error_exit and program_end. */
const char *options_start(const struct program *program,
                          struct run_options *run, int argc, char **argv);

/* Accepts --name value and --name=value. False and a line in err on a
   mistake; then targets may hold some of the values. */
bool options_parse(const struct program *program, struct run_options *run,
                   int argc, char **argv, struct error *err);

/* Prints the help page, with the present values as defaults. */
void options_help(const struct program *program, struct run_options *run,
                  FILE *out);

#endif
