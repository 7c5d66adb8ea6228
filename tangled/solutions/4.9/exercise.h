/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_9_H
#define SOLUTIONS_4_9_H

#include <stddef.h>

/* What is known of the numbers so far; all zero at the start. */
struct log_mean {
    double most;                /* the largest of them */
    double sum;                 /* of their exponentials, over exp(most) */
    size_t count;
};

/* Another number, which may be minus infinity. */
void log_mean_add(struct log_mean *mean, double a);

/* log((exp(a_1) + ... + exp(a_n))/n) of all numbers so far, n > 0 */
double log_mean_value(const struct log_mean *mean);

#endif
