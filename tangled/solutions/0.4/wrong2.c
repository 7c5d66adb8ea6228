/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: overflowed */
#include "solutions/0.4/exercise.h"

void running_add(struct running *r, double l)
{
    if (l == -INFINITY)
        return;
    if (r->top == -INFINITY)
        r->top = l;
    r->sum += exp(l - r->top);
}
