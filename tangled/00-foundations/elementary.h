/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_ELEMENTARY_H
#define FOUNDATIONS_ELEMENTARY_H

#include <stdint.h>
#include <string.h>
#include "00-foundations/real.h"

/* Functions without branches, the same bits wherever they are compiled:
   within 2 ulp in either precision, and what C17's annex F asks at
   zeros, infinities and NaN. */
static inline real exp_real(real x);
static inline real expm1_real(real x);              /* exp(x) - 1 */
static inline real log_real(real x);
static inline real log1p_real(real x);              /* log(1 + x) */
static inline real tanh_real(real x);
static inline real sigmoid_real(real x);            /* 1/(1 + exp(-x)) */
static inline real softplus_real(real x);           /* log(1 + exp(x)) */
/* sine and cosine of 2 pi u, for |u| at most 2^20 */
static inline void sincos_turns(real u, real *sine, real *cosine);

/* take a number for its bits */
#ifdef REAL_IS_DOUBLE
typedef uint64_t real_bits;
enum { FRACTION_BITS = 52, EXPONENT_BIAS = 1023 };
#else
typedef uint32_t real_bits;
enum { FRACTION_BITS = 23, EXPONENT_BIAS = 127 };
#endif

static inline real_bits bits_of(real x) {
    real_bits b;
    memcpy(&b, &x, sizeof b);
    return b;
}

static inline real real_of(real_bits b) {
    real x;
    memcpy(&x, &b, sizeof x);
    return x;
}
/* 2^k for a normal result */
static inline real power_of_two(real_bits k) {
    return real_of((k + EXPONENT_BIAS) << FRACTION_BITS);
}

#define SIGN_BIT ((real_bits)1 << (8 * sizeof(real) - 1))
static inline real magnitude(real x) {
    return real_of(bits_of(x) & ~SIGN_BIT);
}
#define SHIFTER ((real)(1.5 * (double)((real_bits)1 << FRACTION_BITS)))

/* x rounded to the nearest integer, and the integer's bits */
static inline real round_to_integer(real x, real_bits *k) {
    real shifted = x + SHIFTER;
    *k = bits_of(shifted) - bits_of(SHIFTER);
    return shifted - SHIFTER;
}

static inline real real_of_integer(real_bits k) {
    return real_of(bits_of(SHIFTER) + k) - SHIFTER;
}
/* constants of the elementary functions */
#ifdef REAL_IS_DOUBLE
/* constants in double precision */
#define LN2_FIRST 0.69314718036912382
#define LN2_REST 1.9082149292705877e-10
#define EXP_LOW (-746.0)
#define EXP_HIGH 710.0
#define EXPM1_LOW (-60.0)
#define SMALLEST_NORMAL 2.2250738585072014e-308
#define TANH_FLAT 20.0
#define TWO_PI 6.2831853071795862
#define TWO_PI_REST 2.4492935982947064e-16
static const real EXP_Q[] = {
    0.5, 0.16666666666666677, 0.041666666666666699, 0.0083333333333215787,
    0.0013888888888866744, 0.00019841269886266449, 2.4801587360757367e-05,
    2.7557244061860092e-06, 2.7557242578494912e-07, 2.5109090403925692e-08,
    2.092450125478867e-09 };
static const real LOG_R[] = {
    0.66666666666667351, 0.39999999999413249, 0.28571428742738109,
    0.22222198534215126, 0.18183566497328843, 0.15313991462931478,
    0.14796574786169853 };
/* more constants in double precision */
static const real TANH_P[] = {
    -0.33333333333333326, 0.1333333333333182, -0.053968253967244299,
    0.021869488502335572, -0.008863234864929119, 0.0035921196911335293,
    -0.0014557642766342257, 0.00058962311632509881, -0.00023751554336505897,
    9.2495132275242058e-05, -3.118523257489115e-05,
    6.5067210104735343e-06 };
static const real SOFTPLUS_R[] = {
    0.66666666666666674, 0.39999999999993979, 0.28571428572510005,
    0.22222222125472479, 0.18181823202820524, 0.15384451935266186,
    0.13336805760650797, 0.11715951342970866, 0.10972562093364936,
    0.069942653922043421, 0.16467604148153195 };
static const real SIN_S[] = {
    -41.341702240399762, 81.605249276074957, -76.705859753004546,
    42.05869393000394, -15.094640489634358, 3.8197918004848548,
    -0.71169891010019326 };
static const real COS_C[] = {
    -19.739208802178716, 64.939394022668012, -85.456817206540052,
    60.244641331612854, -26.426251140534994, 7.9031016426416825,
    -1.6970201599654131 };
#else
/* constants in single precision */
#define LN2_FIRST 0.693145752f
#define LN2_REST 1.42860682e-6f
#define EXP_LOW (-104.0f)
#define EXP_HIGH 89.0f
#define EXPM1_LOW (-30.0f)
#define SMALLEST_NORMAL 1.17549435e-38f
#define TANH_FLAT 10.0f
#define TWO_PI 6.28318548f
#define TWO_PI_REST (-1.7484556e-7f)
static const real EXP_Q[] = {
    0.500000005f, 0.166666668f, 0.0416663542f, 0.00833327296f,
    0.00139410505f, 0.000199142286f };
static const real LOG_R[] = { 0.666667765f, 0.399775223f, 0.298722855f };
static const real TANH_P[] = {
    -0.333333318f, 0.133332478f, -0.0539524747f, 0.0217344345f,
    -0.00826707682f, 0.0022310503f };
static const real SOFTPLUS_R[] = {
    0.666666756f, 0.399988777f, 0.286168869f, 0.214276364f, 0.243010112f };
static const real SIN_S[] = {
    -41.3417022f, 81.6052106f, -76.6983791f, 41.4875722f };
static const real COS_C[] = {
    -19.7392087f, 64.9393265f, -85.4437416f, 59.2459572f };
#endif
#define LOG2_E ((real)1.4426950408889634)
/* evaluate a polynomial by Horner's rule */
#define HORNER(c, t) horner(sizeof(c) / sizeof(c)[0], (c), (t))
static inline real horner(size_t terms, const real *c, real t) {
    real p = c[terms - 1];
    for (size_t j = terms - 1; j-- > 0; )
        p = fma_real(p, t, c[j]);
    return p;
}
/* raise e to a power */
/* k and r with x = k ln 2 + r; returns exp(r) - 1 */
static inline real exp_reduced(real x, real_bits *k) {
    real n = round_to_integer(x * LOG2_E, k);
    real r = fma_real(-n, LN2_REST, fma_real(-n, LN2_FIRST, x));
    return fma_real(r * r, HORNER(EXP_Q, r), r);
}
static inline real clamp(real x, real low, real high) {
    x = x < low ? low : x;
    return x > high ? high : x;
}

enum { ROOM = 64 };

static inline real exp_real(real x) {
    real_bits k, down = x < 0;
    real p = exp_reduced(clamp(x, EXP_LOW, EXP_HIGH), &k);
    real s = power_of_two(k + (down ? ROOM : -(real_bits)1));
    return fma_real(p, s, s) * (down ? power_of_two(-(real_bits)ROOM) : 2);
}
/* exp(x) for |x| at most 80 */
static inline real exp_moderate(real x) {
    real_bits k;
    real p = exp_reduced(x, &k), s = power_of_two(k);
    return fma_real(p, s, s);
}
/* exp(-|x|) */
static inline real decay_real(real x) {
    real_bits k;
    real below = real_of(bits_of(x) | SIGN_BIT);
    real p = exp_reduced(below < EXP_LOW ? EXP_LOW : below, &k);
    real s = power_of_two(k + ROOM);
    return fma_real(p, s, s) * power_of_two(-(real_bits)ROOM);
}
static inline real expm1_real(real x) {
    real_bits k;
    real p = exp_reduced(clamp(x, EXPM1_LOW, EXP_HIGH), &k);
    real s = power_of_two(k - 1);
    real y = fma_real(p, s, s - (real)0.5);
    return magnitude(x) < REAL_EPSILON / 4 ? x : y + y;
}
/* take logarithms */
/* k ln 2 + log(1 + f) */
static inline real log_reduced(real k, real f) {
    real s = f / (2 + f), z = s * s, h = (real)0.5 * f * f;
    real rest = fma_real(s, fma_real(z, HORNER(LOG_R, z), h), k * LN2_REST);
    return fma_real(k, LN2_FIRST, f - (h - rest));
}
/* x = 2^k m, m in [sqrt(1/2), sqrt 2), for a normal positive x */
static inline real split_exponent(real x, real_bits *k) {
    const real_bits root = bits_of((real)0.70710678118654752);
    real_bits offset = bits_of(x) - root + bits_of(1);
    *k = (offset >> FRACTION_BITS) - EXPONENT_BIAS;
    real_bits fraction = ((real_bits)1 << FRACTION_BITS) - 1;
    return real_of((offset & fraction) + root);
}
/* log(x) for x from the smallest normal number to the largest */
static inline real log_normal(real x) {
    real_bits k;
    real m = split_exponent(x, &k);
    return log_reduced(real_of_integer(k), m - 1);
}
static inline real log_ends(real x, real y) {
    const real infinity = (real)INFINITY;
    y = x == infinity ? infinity : y;
    y = x == 0 ? -infinity : y;
    return x >= 0 ? y : (real)NAN;
}

static inline real log_real(real x) {
    real_bits k, tiny = x < SMALLEST_NORMAL;
    real scale = tiny ? (real)((real_bits)1 << FRACTION_BITS) : 1;
    real m = split_exponent(x * scale, &k);
    k -= tiny ? (real_bits)FRACTION_BITS : 0;
    return log_ends(x, log_reduced(real_of_integer(k), m - 1));
}
static inline real log1p_real(real x) {
    real_bits k;
    real u = 1 + x;
    real c = x >= 1 ? 1 - (u - x) : x - (u - 1);
    real m = split_exponent(u, &k);
    real f = fma_real(c, m / u, m - 1);
    real y = log_ends(u, log_reduced(real_of_integer(k), f));
    return magnitude(x) < REAL_EPSILON / 4 ? x : y;
}
/* squash by the hyperbolic tangent */
static inline real tanh_real(real x) {
    real a = magnitude(x), b = a > TANH_FLAT ? TANH_FLAT : a, z = b * b;
    real near = fma_real(b * z, HORNER(TANH_P, z), b);
    real far = 1 - 2 / (exp_moderate(b + b) + 1);
    real y = a < (real)0.6 ? near : far;
    return real_of(bits_of(y) | (bits_of(x) & SIGN_BIT));
}
/* squash by the logistic sigmoid */
/* the sigmoid of x, where e = exp(-|x|) */
static inline real sigmoid_of(real x, real e) {
    real d = 1 + e, lost = e - (d - 1);
    real q = (x < 0 ? e : 1) / d;
    return fma_real(-q * (x < 0 ? 1 - q : q), lost, q);
}

static inline real sigmoid_real(real x) {
    return sigmoid_of(x, decay_real(x));
}
/* take the softplus */
/* the softplus of x, where e = exp(-|x|) */
static inline real softplus_of(real x, real e) {
    real s = e / (2 + e), z = s * s, h = (real)0.5 * e * e;
    real tail = e - (h - s * fma_real(z, HORNER(SOFTPLUS_R, z), h));
    return (x > 0 ? x : 0) + tail;
}

static inline real softplus_real(real x) {
    return softplus_of(x, decay_real(x));
}
/* take sine and cosine of a turn */
static inline void sincos_turns(real u, real *sine, real *cosine) {
    real_bits k;
    real n = round_to_integer(4 * u, &k);
    real r = fma_real((real)-0.25, n, u), z = r * r;
    real rest = fma_real(r * z, HORNER(SIN_S, z), r * TWO_PI_REST);
    real s = fma_real(r, TWO_PI, rest);
    real c = fma_real(z, HORNER(COS_C, z), 1);
    real_bits shift = 8 * sizeof(real) - 2;
    real_bits odd = k & 1;
    *sine = real_of(bits_of(odd ? c : s) ^ ((k & 2) << shift));
    *cosine = real_of(bits_of(odd ? s : c) ^ (((k + 1) & 2) << shift));
}

#endif
