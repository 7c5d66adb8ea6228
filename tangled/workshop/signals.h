/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_SIGNALS_H
#define WORKSHOP_SIGNALS_H

#include <stdbool.h>

/* From now on the first Ctrl-C (SIGINT) or SIGTERM only asks the program
   to stop, and the second ends it at once. A closed pipe (SIGPIPE) asks it
   to stop too, instead of killing it; SIGXFSZ is ignored. */
void signals_install(void);

/* Whether a stop has been asked for. May be called from any thread. */
bool signals_stop_requested(void);

#endif
