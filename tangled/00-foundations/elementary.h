/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_ELEMENTARY_H
#define FOUNDATIONS_ELEMENTARY_H

#include <stdint.h>
#include <string.h>
#include "00-foundations/real.h"

/* Branch-free functions that compute the same bits wherever they are
   compiled. All are right at infinities, zeros and NaN. */
static inline real exp_real(real x);
static inline real expm1_real(real x);
static inline real log_real(real x);
static inline real log1p_real(real x);
static inline real tanh_real(real x);
static inline real sigmoid_real(real x);
static inline real softplus_real(real x);           /* log(1 + exp x) */
/* sine and cosine of 2 pi u, for |u| <= 2^20 */
static inline void sincos_turns(real u, real *sine, real *cosine);

/* bodies of the elementary functions */
/* to come */

#endif
