/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#define _DEFAULT_SOURCE
#include "workshop/pages.h"

#include <stdint.h>
#include <sys/mman.h>

#ifdef MADV_HUGEPAGE
enum { LARGE = 1 << 21 };

void pages_advise(void *block, size_t bytes) {
    const size_t over = (uintptr_t)block % LARGE;
    const size_t skip = over == 0 ? 0 : LARGE - over;
    if (bytes < skip + LARGE) return;
    const size_t pages = (bytes - skip) / LARGE;
    madvise((char *)block + skip, pages * LARGE, MADV_HUGEPAGE);
}
#else
void pages_advise(void *block, size_t bytes) {
    (void)block;
    (void)bytes;
}
#endif
