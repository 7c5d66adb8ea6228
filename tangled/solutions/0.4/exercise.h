/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_4_H
#define SOLUTIONS_0_4_H

#include <math.h>

/* Some numbers l: the largest, and the sum of exp(l - top). When there
   are none, or none but -INFINITY: {-INFINITY, 0}. */
struct part { double top, sum; };

static inline double part_log(const struct part *part) {
    return part->top + log(part->sum);
}

/* makes a the part of its own numbers and those of b */
void part_join(struct part *a, const struct part *b);

#endif
