/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_REAL_H
#define FOUNDATIONS_REAL_H

#include <math.h>

/* choose the precision of the build */
#ifdef REAL_IS_DOUBLE
typedef double real;
#define REAL_FORMAT "%.17g"
#define REAL_EPSILON 2.220446049250313e-16
#define REAL_LEAST 2.2250738585072014e-308
#else
typedef float real;
#define REAL_FORMAT "%.9g"
#define REAL_EPSILON 1.1920929e-7f
#define REAL_LEAST 1.17549435e-38f
#endif

/* ab + c, and the square root, rounded once */
static inline real fma_real(real a, real b, real c);
static inline real sqrt_real(real x);

/* round a product and a sum once */
static inline real fma_real(real a, real b, real c) {
#ifdef REAL_IS_DOUBLE
    return __builtin_fma(a, b, c);
#else
    return __builtin_fmaf(a, b, c);
#endif
}

static inline real sqrt_real(real x) {
#ifdef REAL_IS_DOUBLE
    return __builtin_sqrt(x);
#else
    return __builtin_sqrtf(x);
#endif
}

#endif
