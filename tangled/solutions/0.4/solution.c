/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "solutions/0.4/exercise.h"

void part_join(struct part *a, const struct part *b)
{
    if (b->top == -INFINITY)
        return;
    if (b->top > a->top) {
        a->sum = a->sum * exp(a->top - b->top) + b->sum;
        a->top = b->top;
    } else {
        a->sum += b->sum * exp(b->top - a->top);
    }
}
