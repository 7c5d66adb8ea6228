/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/two-pixels.h"

#include "00-foundations/elementary.h"

struct two_codes two_codes_example(void)
{
    return (struct two_codes){
        .prior = {(real)0.5, (real)0.5},
        .likelihood = {(real)0.0625, (real)0.5625},
    };
}

/* add up the contributions of both codes */
real two_codes_log_evidence(const struct two_codes *model)
{
    return log_real(model->prior[0] * model->likelihood[0] +
                    model->prior[1] * model->likelihood[1]);
}

real two_codes_posterior(const struct two_codes *model)
{
    real dark = model->prior[0] * model->likelihood[0];
    real bright = model->prior[1] * model->likelihood[1];
    return bright / (dark + bright);
}

/* average the surprise over both codes */
real two_codes_kl(real q, real p)
{
    return q * log_real(q / p) + (1 - q) * log_real((1 - q) / (1 - p));
}

/* write the bound in its three forms */
real two_codes_bound_by_jensen(const struct two_codes *model, real q)
{
    const real guess[2] = {1 - q, q};
    real bound = 0;
    for (int z = 0; z < 2; z++)
        bound += guess[z] * log_real(model->prior[z] *
                                     model->likelihood[z] / guess[z]);
    return bound;
}

real two_codes_bound_by_gap(const struct two_codes *model, real q)
{
    return two_codes_log_evidence(model) -
           two_codes_kl(q, two_codes_posterior(model));
}

real two_codes_bound_by_bill(const struct two_codes *model, real q)
{
    return (1 - q) * log_real(model->likelihood[0]) +
           q * log_real(model->likelihood[1]) -
           two_codes_kl(q, model->prior[1]);
}
