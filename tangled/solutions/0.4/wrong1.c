/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: measured from its own top */
#include "solutions/0.4/exercise.h"

void part_join(struct part *a, const struct part *b)
{
    a->top = fmax(a->top, b->top);
    a->sum += b->sum;
}
