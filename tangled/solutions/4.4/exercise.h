/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef SOLUTIONS_4_4_H
#define SOLUTIONS_4_4_H

#include <stddef.h>

/* -log N(x; mean, exp(logvar) I) in nats, for images of so many pixels */
double gaussian_decoder_nll(size_t pixels, const double x[],
                            const double mean[], double logvar);

#endif
