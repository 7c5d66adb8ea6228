/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_bool stop_requested;

static void request_stop(int signal) {
    (void)signal;
    atomic_store(&stop_requested, true);
}

/* install the handlers */
void signals_install(void) {
    struct sigaction action = {.sa_handler = request_stop};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGPIPE, &action, NULL);
    action.sa_flags |= (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
#ifdef SIGXFSZ
    action.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &action, NULL);
#endif
}

bool signals_stop_requested(void) {
    return atomic_load(&stop_requested);
}
