/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_0_4_H
#define SOLUTIONS_0_4_H

#include <math.h>

/* The numbers seen so far: the largest, and the sum of exp(l - top). A
   new one is {-INFINITY, 0}. */
struct running { double top, sum; };

static inline double running_log(const struct running *r) {
    return r->top + log(r->sum);
}

/* takes in one more number, which may be -INFINITY */
void running_add(struct running *r, double l);

#endif
