/* From chapters/app-a-press.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_A_1_H
#define SOLUTIONS_A_1_H

/* |a - b| / max(|a|, |b|), and 0 when a and b are equal. */
double relative_difference(double a, double b);

#endif
