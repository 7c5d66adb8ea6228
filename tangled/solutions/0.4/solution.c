/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "solutions/0.4/exercise.h"

void running_add(struct running *r, double l)
{
    if (l == -INFINITY)
        return;
    if (l > r->top) {
        r->sum = r->sum * exp(r->top - l) + 1;
        r->top = l;
    } else {
        r->sum += exp(l - r->top);
    }
}
