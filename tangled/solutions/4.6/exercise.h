/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_6_H
#define SOLUTIONS_4_6_H

#include <stddef.h>

/* The mean over draws of (f[k] - b[k]) score[k], where b[k] is the mean of
   all f but f[k]; at least two draws. */
double score_gradient(size_t draws, const double f[], const double score[]);

#endif
