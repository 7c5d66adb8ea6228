/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/checkpoint.h"

#include <time.h>
#include "workshop/signals.h"

double clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

struct checkpoint_timer checkpoint_start(double interval) {
    return (struct checkpoint_timer){interval, clock_seconds()};
}

/* decide whether to save */
bool checkpoint_due(struct checkpoint_timer *timer) {
    return checkpoint_due_at(timer, clock_seconds(),
                             signals_stop_requested());
}

bool checkpoint_due_at(struct checkpoint_timer *timer, double now,
                       bool stop_requested) {
    bool early = now - timer->last < timer->interval;
    if (early && !stop_requested) return false;
    timer->last = now;
    return true;
}
