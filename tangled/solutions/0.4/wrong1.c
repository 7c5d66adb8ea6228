/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: measured from the old top */
#include "solutions/0.4/exercise.h"

void running_add(struct running *r, double l)
{
    if (l == -INFINITY)
        return;
    if (l > r->top) {
        r->sum += 1;
        r->top = l;
    } else {
        r->sum += exp(l - r->top);
    }
}
