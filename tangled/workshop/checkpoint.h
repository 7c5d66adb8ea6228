/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_CHECKPOINT_H
#define WORKSHOP_CHECKPOINT_H

#include <stdbool.h>

/* Decides when to save; never when to end. */
struct checkpoint_timer {
    double interval;                /* seconds */
    double last;                    /* on the clock of clock_seconds */
};

/* Seconds on a clock that only goes forward, from some beginning. */
double clock_seconds(void);

/* Starts now; interval is in seconds, and 60 is usual. */
struct checkpoint_timer checkpoint_start(double interval);

/* True when the interval has passed or a stop was requested. The interval
   then begins anew. */
bool checkpoint_due(struct checkpoint_timer *timer);

/* The rule behind it, for a given moment. */
bool checkpoint_due_at(struct checkpoint_timer *timer, double now,
                       bool stop_requested);

#endif
