/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_PAGES_H
#define WORKSHOP_PAGES_H

#include <stddef.h>

/* Tells the system that a long block would do well in large pages. What it
   holds stays; with a short block, or another system, nothing changes. */
void pages_advise(void *block, size_t bytes);

#endif
