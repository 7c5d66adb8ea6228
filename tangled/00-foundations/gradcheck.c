/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/gradcheck.h"

#include <math.h>
#include <string.h>

enum { CHECK_ARENA = 1 << 26 };

/* compute the loss alone */
struct check {
    struct tape *tape;
    struct parameters *ps;
    gradcheck_build *build;
    void *context;
};

static double loss_at(const struct check *c, real *w, real value) {
    tape_reset(c->tape);
    *w = value;
    return (double)c->build(c->context, c->tape, c->ps)->value.data[0];
}
/* difference the loss by one parameter */
static double difference(const struct check *c, real *w) {
    const real h = (real)0.0009765625, w0 = *w;
    double near = loss_at(c, w, w0 + h) - loss_at(c, w, w0 - h);
    double far = loss_at(c, w, w0 + 2 * h) - loss_at(c, w, w0 - 2 * h);
    *w = w0;
    return (8 * near - far) / (12 * (double)h);
}

double check_gradient(struct engine *engine, struct parameters *ps,
                      gradcheck_build *build, void *context) {
    struct arena *arena = arena_new(CHECK_ARENA);
    struct tape *tape = tape_new(engine, arena);
    struct check check = {tape, ps, build, context};
    double worst = 0;
    memset(ps->grad, 0, ps->total * sizeof *ps->grad);
    tape_backward(tape, build(context, tape, ps));
    for (size_t p = 0; p < ps->count; p++) {
        const struct parameter *item = &ps->item[p];
        /* compare each element of the parameter */
        for (size_t i = 0; i < tensor_size(&item->value); i++) {
            double a = (double)item->grad.data[i];
            double n = difference(&check, &item->value.data[i]);
            double size = fmax(fmax(fabs(a), fabs(n)), 1e-3);
            double error = fabs(a - n) / size;
            if (!(error <= worst))
                worst = error;              /* also when it is NaN */
        }
    }
    arena_free(arena);
    return worst;
}
