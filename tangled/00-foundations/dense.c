/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/dense.h"

#include "workshop/fail.h"

struct dense dense_at(struct parameters *ps, size_t index) {
    if (index + 1 >= ps->count)
        die("dense_at: parameters %zu and %zu of %zu", index, index + 1,
            ps->count);
    return (struct dense){&ps->item[index], &ps->item[index + 1]};
}

/* compute a layer */
struct node *dense_forward_at(struct tape *t, const struct dense *layer,
                              struct node *x) {
    return op_affine_at(t, x, tape_parameter(t, layer->w),
                        tape_parameter(t, layer->b));
}
