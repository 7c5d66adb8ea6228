/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_7_H
#define SOLUTIONS_0_7_H

#include <stdint.h>

/* finds the counter for which philox(counter, key, out) gives out */
void philox_undo(const uint32_t out[4], const uint32_t key[2],
                 uint32_t counter[4]);

#endif
