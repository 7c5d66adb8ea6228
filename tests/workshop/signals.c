#include "workshop/signals.h"

#include <errno.h>
#include <signal.h>
#include "workshop/scratch.h"

/* Catches a first Ctrl-C that kills, and a second that does not. */
Test(signals, the_first_interrupt_asks_and_the_second_ends,
     .signal = SIGINT) {
    signals_install();
    cr_assert(!signals_stop_requested());
    raise(SIGINT);
    cr_assert(signals_stop_requested());
    raise(SIGINT);
}

Test(signals, a_request_to_terminate_asks_too, .signal = SIGTERM) {
    signals_install();
    raise(SIGTERM);
    cr_assert(signals_stop_requested());
    raise(SIGTERM);
}

/* Catches a run of hours that dies because its output is no longer read. */
Test(signals, a_closed_pipe_asks_for_a_stop_each_time) {
    signals_install();
    int ends[2];
    cr_assert(pipe(ends) == 0 && close(ends[0]) == 0);
    for (int i = 0; i < 3; i++)
        cr_assert(write(ends[1], "x", 1) == -1 && errno == EPIPE);
    cr_assert(signals_stop_requested());
}

/* Catches a file size limit that kills instead of failing the write. */
Test(signals, a_limit_on_file_size_does_not_kill) {
    signals_install();
    raise(SIGXFSZ);
    cr_assert(!signals_stop_requested());
}
