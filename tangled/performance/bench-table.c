/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "workshop/fail.h"

/* time something short */
double bench_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_fastest(double budget, void (*body)(void *), void *context) {
    double least = INFINITY, begun = bench_now(), before = begun;
    do {
        body(context);
        const double after = bench_now();
        least = fmin(least, after - before);
        before = after;
    } while (before - begun < budget);
    return least;
}

/* note figures */
void table_put(struct table *table, const struct row *heading,
               double ours, double peer, double share) {
    size_t i = 0;
    while (i < table->count &&
           strcmp(table->row[i].key, heading->key) != 0)
        i++;
    if (i == MOST_ROWS)
        die("bench: more than %d rows", MOST_ROWS);
    struct row *row = &table->row[i];
    if (i == table->count) {
        *row = *heading;
        table->count++;
    }
    row->ours[table->round] = ours;
    row->peer[table->round] = peer;
    row->share[table->round] = share;
}

/* take medians */
static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(size_t rounds, const double figure[]) {
    double sorted[ROUNDS];
    memcpy(sorted, figure, rounds * sizeof *sorted);
    qsort(sorted, rounds, sizeof *sorted, ascending);
    return rounds > 0 ? sorted[rounds / 2] : 0;
}

static bool more_is_better(const char *unit) {
    const size_t length = strlen(unit);
    return strcmp(unit, "x") == 0 ||
           (length > 2 && strcmp(unit + length - 2, "/s") == 0);
}

double row_ratio(const struct table *table, const struct row *row) {
    double ratio[ROUNDS];
    for (size_t r = 0; r < table->round; r++) {
        if (!(row->ours[r] > 0 && row->peer[r] > 0))
            return 0;
        ratio[r] = row->ours[r] / row->peer[r];
        if (!more_is_better(row->unit))
            ratio[r] = 1 / ratio[r];
    }
    return median(table->round, ratio);
}

double row_ours(const struct table *table, const struct row *row) {
    return median(table->round, row->ours);
}

double row_peer(const struct table *table, const struct row *row) {
    return median(table->round, row->peer);
}

double row_share(const struct table *table, const struct row *row) {
    return median(table->round, row->share);
}
