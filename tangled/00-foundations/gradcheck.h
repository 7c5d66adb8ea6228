/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_GRADCHECK_H
#define FOUNDATIONS_GRADCHECK_H

#include "00-foundations/tape.h"

/* Records a scalar that depends on the parameters, and on nothing else that
   changes from call to call. */
typedef struct node *gradcheck_build(void *context, struct tape *tape,
                                     struct parameters *ps);

/* The worst |a - n| / max(|a|, |n|, 1e-3) over all elements of all
   parameters, a by the tape and n by central differences. Expects about
   1e-9 in double where the function is smooth within 2^-9 of the
   parameters; float has too few digits. */
double check_gradient(struct engine *engine, struct parameters *ps,
                      gradcheck_build *build, void *context);

#endif
