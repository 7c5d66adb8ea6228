#include "workshop/checkpoint.h"

#include <signal.h>
#include "workshop/scratch.h"
#include "workshop/signals.h"

/* Catches a timer that drifts, fires twice, or never. */
Test(checkpoint, is_due_once_an_interval) {
    struct checkpoint_timer timer = {60, 1000};
    cr_assert(!checkpoint_due_at(&timer, 1000, false));
    cr_assert(!checkpoint_due_at(&timer, 1059.9, false));
    cr_assert(checkpoint_due_at(&timer, 1060, false));
    cr_assert(!checkpoint_due_at(&timer, 1061, false));
    cr_assert(!checkpoint_due_at(&timer, 1119, false));
    cr_assert(checkpoint_due_at(&timer, 5000, false));
    cr_assert(!checkpoint_due_at(&timer, 5001, false));
}

Test(checkpoint, is_due_at_once_when_a_stop_is_requested) {
    struct checkpoint_timer timer = {60, 1000};
    cr_assert(checkpoint_due_at(&timer, 1000.1, true));
    timer = checkpoint_start(1e9);
    cr_assert(!checkpoint_due(&timer));
    signals_install();
    raise(SIGINT);
    cr_assert(checkpoint_due(&timer));
}

Test(checkpoint, the_clock_never_goes_back) {
    double last = clock_seconds();
    for (int i = 0; i < 10000; i++) {
        double now = clock_seconds();
        cr_assert(now >= last);
        last = now;
    }
}
