/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#ifndef PERFORMANCE_BENCH_H
#define PERFORMANCE_BENCH_H

#include <stdbool.h>
#include <stddef.h>

enum { ROUNDS = 7, MOST_ROWS = 64 };

/* A line of the table, with its figures in every round. Zero: there is
   none. Of a unit that ends in "/s" or is "x", more is better. */
struct row {
    const char *key, *unit;
    char work[64];
    double ours[ROUNDS], peer[ROUNDS], share[ROUNDS];
};

struct table {
    size_t round, count;
    struct row row[MOST_ROWS];
};

/* Notes figures of this round, in a new row when the key is new. */
void table_put(struct table *table, const struct row *heading,
               double ours, double peer, double share);
/* Medians over the rounds, and 0 when there are no figures. */
double row_ours(const struct table *table, const struct row *row);
double row_peer(const struct table *table, const struct row *row);
double row_ratio(const struct table *table, const struct row *row);
double row_share(const struct table *table, const struct row *row);

double bench_now(void);                 /* seconds since some moment */
/* The shortest time of a call, among as many as fit into the budget. */
double bench_fastest(double budget, void (*body)(void *), void *context);

#endif
