/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/options.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMON = 9, MAX_THREADS = 64, LONGEST_NAME = 31 };

struct table {
    struct option common[COMMON];
    size_t common_count;
    const struct program *program;
};

/* make the table of a program */
static size_t table_size(const struct table *table) {
    return table->program->count + table->common_count;
}

static const struct option *table_row(const struct table *table,
                                      size_t i) {
    return i < table->program->count
        ? &table->program->options[i]
        : &table->common[i - table->program->count];
}

/* fill in the defaults of a run */
static void fill_defaults(struct run_options *run) {
    if (run->threads == 0) {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        run->threads = online < 1 ? 1
            : online > MAX_THREADS ? MAX_THREADS : (size_t)online;
    }
    if (run->data == NULL) run->data = "digits";
}

/* list the options that every program has */
static struct table make_table(const struct program *program,
                               struct run_options *run) {
    fill_defaults(run);
    const struct option rows[COMMON] = {
        {"epochs", OPTION_SIZE, &run->epochs, NULL,
         "passes over the training set", 1, 1e6, NULL},
        {"seed", OPTION_UINT64, &run->seed, NULL,
         "of all random numbers", 0, 0, NULL},
        {"threads", OPTION_SIZE, &run->threads, NULL,
         "at work; the results do not depend on it", 1, MAX_THREADS, NULL},
        {"data", OPTION_STRING, &run->data, "WHAT",
         "digits, mnist, an IDX file or a folder of four", 0, 0, NULL},
        /* list the options about files */
        {"out", OPTION_STRING, &run->out, "PATH",
         "where results are written", 0, 0, NULL},
        {"save", OPTION_STRING, &run->save, "FILE",
         "writes the model, each minute and at the end", 0, 0, NULL},
        {"load", OPTION_STRING, &run->load, "FILE",
         "takes a model instead of training one", 0, 0, NULL},
        {"resume", OPTION_STRING, &run->resume, "FILE",
         "goes on with a run that was stopped", 0, 0, NULL},
        {"help", OPTION_FLAG, &run->help, NULL,
         "prints this page", 0, 0, NULL},
    };
    struct table table = {.program = program};
    for (size_t i = run->epochs == 0 ? 1 : 0; i < COMMON; i++)
        table.common[table.common_count++] = rows[i];
    return table;
}
/* suggest the nearest option */
static size_t edit_distance(const char *a, const char *b) {
    size_t row[LONGEST_NAME + 1], m = strlen(b);
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] : row[j - 1];
            diagonal = row[j];
            row[j] = least + 1 < replaced ? least + 1 : replaced;
        }
    }
    return row[m];
}

/* refuse an unknown option */
static bool refuse_unknown(const struct table *table, const char *name,
                           struct error *err) {
    const char *nearest = NULL;
    size_t best = 2 + strlen(name) / 3;
    for (size_t i = 0; i < table_size(table); i++) {
        const char *known = table_row(table, i)->name;
        size_t distance = edit_distance(name, known);
        if (distance < best) {
            best = distance;
            nearest = known;
        }
    }
    if (nearest == NULL)
        return error_set(err, "--%.40s: unknown option, see --help", name);
    return error_set(err, "--%.40s: unknown option; did you mean --%s?",
                     name, nearest);
}

/* read one value */
/* refuse a number out of range */
static bool out_of_range(const struct option *row, double value) {
    return row->least < row->most
        && (value < row->least || value > row->most);
}

static bool refuse(const struct option *row, const char *word,
                   const char *kind, struct error *err) {
    if (row->least >= row->most)
        return error_set(err, "--%s %.40s: must be %s%s", row->name, word,
                         kind, row->kind == OPTION_REAL ? "" :
                         row->kind == OPTION_SIZE ? " that fits its type"
                         : " below 2^64");
    if (isinf(row->most))
        return error_set(err, "--%s %.40s: must be %s, at least %.15g",
                         row->name, word, kind, row->least);
    return error_set(err, "--%s %.40s: must be %s from %.15g to %.15g",
                     row->name, word, kind, row->least, row->most);
}

/* read a whole number */
static bool read_whole(const struct option *row, const char *word,
                       struct error *err) {
    char *end;
    errno = 0;
    unsigned long long value = strtoull(word, &end, 10);
    if (!isdigit((unsigned char)*word) || *end != '\0')
        return refuse(row, word, "a whole number", err);
    bool fits = row->kind == OPTION_SIZE ? value <= SIZE_MAX
                                         : value <= UINT64_MAX;
    if (errno == ERANGE || !fits || out_of_range(row, (double)value))
        return refuse(row, word, "a whole number", err);
    if (row->kind == OPTION_SIZE) *(size_t *)row->target = (size_t)value;
    else *(uint64_t *)row->target = value;
    return true;
}

/* read a real number */
static bool read_real(const struct option *row, const char *word,
                      struct error *err) {
    char *end;
    double value = strtod(word, &end);
    if (end == word || *end != '\0' || isspace((unsigned char)*word)
        || !isfinite(value) || out_of_range(row, value))
        return refuse(row, word, "a number", err);
    *(double *)row->target = value;
    return true;
}
/* read a choice */
static bool read_choice(const struct option *row, const char *word,
                        struct error *err) {
    char all[256] = "";
    for (size_t i = 0; row->choices[i] != NULL; i++) {
        if (strcmp(row->choices[i], word) == 0) {
            *(size_t *)row->target = i;
            return true;
        }
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s%s", i > 0 ? ", " : "",
                 row->choices[i]);
    }
    return error_set(err, "--%s %.40s: must be one of %s", row->name, word,
                     all);
}


static bool read_value(const struct option *row, const char *word,
                       struct error *err) {
    switch (row->kind) {
    case OPTION_FLAG: break;        /* has no value */
    case OPTION_SIZE:
    case OPTION_UINT64: return read_whole(row, word, err);
    case OPTION_REAL: return read_real(row, word, err);
    case OPTION_CHOICE: return read_choice(row, word, err);
    case OPTION_STRING:
        if (*word == '\0')
            return error_set(err, "--%s: must not be empty", row->name);
        *(const char **)row->target = word;
        return true;
    }
    die("option --%s: its row has no known kind", row->name);
}
/* read the words one by one */
/* find the row of a word */
static const struct option *find_row(const struct table *table,
                                     const char *word, const char **value,
                                     struct error *err) {
    char name[64];
    size_t length = strcspn(word, "=");
    if (word[length] == '=') *value = word + length + 1;
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, word, length);
    name[length] = '\0';
    for (size_t i = 0; i < table_size(table); i++) {
        const struct option *row = table_row(table, i);
        if (strlen(row->name) > LONGEST_NAME)
            die("option --%s: its name is too long", row->name);
        if (strcmp(row->name, name) == 0) return row;
    }
    refuse_unknown(table, name, err);
    return NULL;
}


bool options_parse(const struct program *program, struct run_options *run,
                   int argc, char **argv, struct error *err) {
    struct table table = make_table(program, run);
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *value = NULL;
        if (strcmp(word, "-h") == 0) word = "--help";
        if (strncmp(word, "--", 2) != 0 || word[2] == '\0')
            return error_set(err, "%.40s: no option; options begin with --",
                             word);
        const struct option *row = find_row(&table, word + 2, &value, err);
        if (row == NULL) return false;
        if (row->kind == OPTION_FLAG) {
            if (value != NULL)
                return error_set(err, "--%s: takes no value", row->name);
            *(bool *)row->target = true;
            continue;
        }
        /* take the next word as the value */
        if (value == NULL && i + 1 < argc && strncmp(argv[i + 1], "--", 2) != 0)
            value = argv[++i];
        if (value == NULL)
            return error_set(err, "--%s: needs a value", row->name);
        if (!read_value(row, value, err)) return false;
    }
    return true;
}
/* print the help page */
/* write the left side of a row */
static int left_side(const struct option *row, char *text, size_t size) {
    static const char *const usual[] = {
        [OPTION_FLAG] = "", [OPTION_SIZE] = "N", [OPTION_UINT64] = "N",
        [OPTION_REAL] = "X", [OPTION_STRING] = "WORD"};
    const char *argument = row->argument;
    if (argument == NULL && row->kind != OPTION_CHOICE)
        argument = usual[row->kind];
    if (argument != NULL)
        return snprintf(text, size, "--%s %s", row->name, argument);
    size_t n = (size_t)snprintf(text, size, "--%s ", row->name);
    for (size_t i = 0; row->choices[i] != NULL && n < size; i++)
        n += (size_t)snprintf(text + n, size - n, "%s%s", i > 0 ? "|" : "",
                              row->choices[i]);
    return (int)n;
}
/* print the default of a row */
static void print_default(const struct option *row, FILE *out) {
    if (row->kind == OPTION_SIZE)
        fprintf(out, " [%zu]", *(size_t *)row->target);
    if (row->kind == OPTION_UINT64)
        fprintf(out, " [%" PRIu64 "]", *(uint64_t *)row->target);
    if (row->kind == OPTION_REAL)
        fprintf(out, " [%g]", *(double *)row->target);
    if (row->kind == OPTION_STRING && *(const char **)row->target != NULL)
        fprintf(out, " [%s]", *(const char **)row->target);
    if (row->kind == OPTION_CHOICE)
        fprintf(out, " [%s]", row->choices[*(size_t *)row->target]);
}


void options_help(const struct program *program, struct run_options *run,
                  FILE *out) {
    struct table table = make_table(program, run);
    char left[128];
    int widest = 0;
    fprintf(out, "usage: %s [--option value]...\n%s\n\n",
            program->name != NULL ? program->name : "program",
            program->purpose);
    for (size_t i = 0; i < table_size(&table); i++) {
        int width = left_side(table_row(&table, i), left, sizeof left);
        if (width > widest) widest = width;
    }
    for (size_t i = 0; i < table_size(&table); i++) {
        const struct option *row = table_row(&table, i);
        left_side(row, left, sizeof left);
        fprintf(out, "  %-*s  %s", widest, left, row->help);
        print_default(row, out);
        fputc('\n', out);
    }
}
/* start a program */
const char *options_start(const struct program *program,
                          struct run_options *run, int argc, char **argv) {
    struct program named = *program;
    if (named.name == NULL && argc > 0) {
        const char *slash = strrchr(argv[0], '/');
        named.name = slash != NULL ? slash + 1 : argv[0];
    }
    if (named.name == NULL) named.name = "program";
    struct run_options defaults = *run;
    struct error err;
    if (!options_parse(&named, run, argc, argv, &err))
        error_exit(named.name, &err);
    if (run->help) {
        options_help(&named, &defaults, stdout);
        exit(program_end(named.name));
    }
    return named.name;
}
