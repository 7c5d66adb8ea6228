/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: overflowed */
#include "solutions/0.4/exercise.h"

void part_join(struct part *a, const struct part *b)
{
    if (b->top == -INFINITY)
        return;
    if (a->top == -INFINITY)
        *a = *b;
    else
        a->sum += b->sum * exp(b->top - a->top);
}
