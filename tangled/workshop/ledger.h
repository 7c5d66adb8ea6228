/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_LEDGER_H
#define WORKSHOP_LEDGER_H

#include <stdbool.h>
#include <stdio.h>
#include "workshop/fail.h"

/* write results to a ledger */
struct ledger;

/* path is figures/FLOOR/NAME.tsv, program FLOOR/experiment-NAME.c; data
   and settings describe the run in few words; hash is SOURCE_HASH. The
   strings are copied. */
struct ledger *ledger_open(const char *path, const char *program,
                           const char *data, const char *settings,
                           const char *hash);

/* A result, and its standard deviation over seeds or NAN. The unit may be
   "". Refused are a key that is empty, has white space or was put before,
   tabs in a unit, and values that are not finite; the first refusal is
   remembered until the close. */
void ledger_put(struct ledger *ledger, const char *key, double value,
                double spread, const char *unit);

/* What values[seeds], one for each seed, have for a mean and for a
   standard deviation as a sample; that of a single value is NAN. */
struct sample { double mean, deviation; };
struct sample sample_of(size_t seeds, const double values[]);
void ledger_put_seeds(struct ledger *ledger, const char *key, size_t seeds,
                      const double values[], const char *unit);

/* Writes the file, in the order of putting, and frees the ledger. False
   and a line in err, and no file changed, when a result was refused. */
bool ledger_close(struct ledger *ledger, struct error *err);

/* write points to a series */
struct series;

/* Columns as in "epoch train test", which becomes the line "# epoch ...".
   Points are rows of as many values. */
struct series *series_open(const char *path, const char *columns);
void series_put(struct series *series, const double values[]);
bool series_close(struct series *series, struct error *err);


#endif
