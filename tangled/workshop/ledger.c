/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/ledger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/atomic.h"

static const char heading[] =
    "key\tvalue\tspread\tunit\tdata\tsettings\thash";

/* keep strings */
static char *copy_of(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(checked_alloc(bytes, 1), text, bytes);
}

static char **grown(char **list, size_t count) {
    if ((count & (count - 1)) != 0) return list;
    size_t room = count > 0 ? 2 * count : 1;
    list = realloc(list, room * sizeof *list);
    if (list == NULL) die("ledger: no memory for %zu results", room);
    return list;
}

/* collect results */
struct ledger {
    char *path, *program, *run;     /* run: data, settings, hash */
    char **key, **line;
    size_t count;
    struct error refused;           /* the first refusal, or "" */
};

struct ledger *ledger_open(const char *path, const char *program,
                           const char *data, const char *settings,
                           const char *hash) {
    struct ledger *ledger = checked_alloc(1, sizeof *ledger);
    size_t bytes = strlen(data) + strlen(settings) + strlen(hash) + 3;
    ledger->path = copy_of(path);
    ledger->program = copy_of(program);
    ledger->run = checked_alloc(bytes, 1);
    snprintf(ledger->run, bytes, "%s\t%s\t%s", data, settings, hash);
    if (strpbrk(data, "\t\n") != NULL || strpbrk(settings, "\t\n") != NULL)
        error_set(&ledger->refused, "%s: data and settings must not hold "
                  "tabs or new lines", path);
    return ledger;
}

/* refuse a result */
static bool refused(struct ledger *ledger, const char *key, double value,
                    double spread, const char *unit) {
    struct error *err = &ledger->refused;
    const char *path = ledger->path;
    if (err->text[0] != '\0') return true;
    if (*key == '\0' || strpbrk(key, " \t\n\r\v\f") != NULL)
        return !error_set(err, "%s: \"%s\" is no key", path, key);
    if (!isfinite(value) || isinf(spread))
        return !error_set(err, "%s: %s is not finite", path, key);
    if (strpbrk(unit, "\t\n") != NULL)
        return !error_set(err, "%s: %s has a tab in its unit", path, key);
    for (size_t i = 0; i < ledger->count; i++)
        if (strcmp(ledger->key[i], key) == 0)
            return !error_set(err, "%s: %s was put twice", path, key);
    return false;
}

/* put a result */
void ledger_put(struct ledger *ledger, const char *key, double value,
                double spread, const char *unit) {
    if (refused(ledger, key, value, spread, unit)) return;
    char deviation[32] = "-", *line;
    if (!isnan(spread)) snprintf(deviation, 32, "%.9g", spread + 0.0);
    size_t bytes = strlen(key) + strlen(unit) + strlen(ledger->run) + 80;
    line = checked_alloc(bytes, 1);
    snprintf(line, bytes, "%s\t%.9g\t%s\t%s\t%s\n", key, value + 0.0,
             deviation, unit, ledger->run);
    size_t n = ledger->count++;
    ledger->key = grown(ledger->key, n);
    ledger->line = grown(ledger->line, n);
    ledger->key[n] = copy_of(key);
    ledger->line[n] = line;
}

struct sample sample_of(size_t seeds, const double values[]) {
    if (seeds == 0) die("sample_of: no values");
    struct sample s = {0, NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < seeds; i++) sum += values[i];
    s.mean = sum / (double)seeds;
    for (size_t i = 0; i < seeds; i++)
        squares += (values[i] - s.mean) * (values[i] - s.mean);
    if (seeds > 1) s.deviation = sqrt(squares / (double)(seeds - 1));
    return s;
}

void ledger_put_seeds(struct ledger *ledger, const char *key, size_t seeds,
                      const double values[], const char *unit) {
    struct sample s = sample_of(seeds, values);
    ledger_put(ledger, key, s.mean, s.deviation, unit);
}

/* write the ledger */
static bool write_lines(const struct ledger *ledger, struct error *err) {
    if (!atomic_make_folder(ledger->path, err)) return false;
    struct atomic_file *file = atomic_open(ledger->path, err);
    if (file == NULL) return false;
    FILE *out = atomic_stream(file);
    fprintf(out, "# program %s\n%s\n", ledger->program, heading);
    for (size_t i = 0; i < ledger->count; i++) fputs(ledger->line[i], out);
    return atomic_commit(file, err);
}

bool ledger_close(struct ledger *ledger, struct error *err) {
    bool good = ledger->refused.text[0] == '\0'
        ? write_lines(ledger, err)
        : error_set(err, "%s", ledger->refused.text);
    for (size_t i = 0; i < ledger->count; i++) {
        free(ledger->key[i]);
        free(ledger->line[i]);
    }
    free(ledger->key);
    free(ledger->line);
    free(ledger->path);
    free(ledger->program);
    free(ledger->run);
    free(ledger);
    return good;
}

/* collect points */
struct series {
    char *path, *text;
    size_t columns, bytes;
    FILE *rows;
    struct error refused;
};

struct series *series_open(const char *path, const char *columns) {
    struct series *series = checked_alloc(1, sizeof *series);
    series->path = copy_of(path);
    for (const char *c = columns; *c != '\0'; c++)
        if (*c != ' ' && (c == columns || c[-1] == ' ')) series->columns++;
    series->rows = open_memstream(&series->text, &series->bytes);
    if (series->rows == NULL) die("series_open: no memory");
    fprintf(series->rows, "# %s\n", columns);
    return series;
}

/* put a point */
void series_put(struct series *series, const double values[]) {
    for (size_t i = 0; i < series->columns; i++) {
        if (!isfinite(values[i]) && series->refused.text[0] == '\0')
            error_set(&series->refused, "%s: column %zu of a point is not "
                      "finite", series->path, i + 1);
        fprintf(series->rows, "%s%.9g", i > 0 ? " " : "", values[i] + 0.0);
    }
    fputc('\n', series->rows);
}
/* write a series */
bool series_close(struct series *series, struct error *err) {
    if (fclose(series->rows) != 0) die("series_close: no memory");
    bool good = series->refused.text[0] == '\0'
        ? atomic_make_folder(series->path, err)
          && atomic_write(series->path, series->text, series->bytes, err)
        : error_set(err, "%s", series->refused.text);
    free(series->path);
    free(series->text);
    free(series);
    return good;
}

