/* Each function against the C library's in twice the precision, at arguments
   from the whole range: every 251st float, or millions of doubles. */
#include "00-foundations/elementary.h"

#include <criterion/criterion.h>
#include "00-foundations/kernels.h"

#ifdef REAL_IS_DOUBLE
typedef long double wide;
#define WIDE(f) f##l
enum { DIGITS = 53, LEAST = -1074 };
static const uint64_t cases = 2000000, stride = 0x9E3779B97F4A7C15u;
#else
typedef double wide;
#define WIDE(f) f
enum { DIGITS = 24, LEAST = -149 };
static const uint64_t cases = UINT64_C(0x100000000) / 251, stride = 251;
#endif

/* The argument of case i. Half of the doubles have a magnitude between
   2^-40 and 2^12; the others have any bits at all. */
static real argument(uint64_t i) {
    uint64_t bits = i * stride;
#ifdef REAL_IS_DOUBLE
    uint64_t exponent = 1023 - 40 + (bits >> 20) % 52;
    bits ^= bits >> 31;
    if (i % 2 == 0)
        bits = (bits & 0x800FFFFFFFFFFFFF) | exponent << 52;
#endif
    return real_of((real_bits)bits);
}

/* The distance in units of the last place of the exact result. */
static double ulps(real got, wide exact) {
    int exponent;
    if (isnan(exact))
        return isnan(got) ? 0 : INFINITY;
    if (isinf((real)exact) || isinf(got))
        return got == (real)exact ||
               WIDE(fabs)(exact) >= WIDE(ldexp)(1, DIGITS == 24 ? 128 : 1024)
                   * (1 - WIDE(ldexp)(1, -DIGITS)) ? 0 : INFINITY;
    WIDE(frexp)(exact, &exponent);
    exponent -= DIGITS;
    wide unit = WIDE(ldexp)(1, exponent < LEAST ? LEAST : exponent);
    return (double)(WIDE(fabs)((wide)got - exact) / unit);
}

static void check(const char *name, real (*ours)(real), wide (*exact)(wide),
                  double bound) {
    double worst = 0;
    real where = 0;
    for (uint64_t i = 0; i < cases; i++) {
        real x = argument(i);
        double error = ulps(ours(x), exact((wide)x));
        if (!(error <= worst)) {
            worst = error;
            where = x;
        }
    }
    cr_assert(worst <= bound, "%s errs by %.3f ulp at %a", name, worst,
              (double)where);
}

static wide exact_exp(wide x) { return WIDE(exp)(x); }
static wide exact_expm1(wide x) { return WIDE(expm1)(x); }
static wide exact_log(wide x) { return WIDE(log)(x); }
static wide exact_log1p(wide x) { return WIDE(log1p)(x); }
static wide exact_tanh(wide x) { return WIDE(tanh)(x); }

static wide exact_sigmoid(wide x) {
    wide e = WIDE(exp)(-WIDE(fabs)(x));
    return (x < 0 ? e : 1) / (1 + e);
}

static wide exact_softplus(wide x) {
    return (x > 0 ? x : 0) + WIDE(log1p)(WIDE(exp)(-WIDE(fabs)(x)));
}

Test(elementary, exp_is_within_two_ulp_of_libm) {
    check("exp", exp_real, exact_exp, 1.1);
}

Test(elementary, expm1_is_within_two_ulp_of_libm) {
    check("expm1", expm1_real, exact_expm1, 2);
}

Test(elementary, log_is_within_two_ulp_of_libm) {
    check("log", log_real, exact_log, 1);
}

Test(elementary, log1p_is_within_two_ulp_of_libm) {
    check("log1p", log1p_real, exact_log1p, 1.5);
}

Test(elementary, tanh_is_within_two_ulp_of_libm) {
    check("tanh", tanh_real, exact_tanh, 1.5);
}

Test(elementary, sigmoid_is_within_two_ulp_of_libm) {
    check("sigmoid", sigmoid_real, exact_sigmoid, 2);
}

Test(elementary, softplus_is_within_two_ulp_of_libm) {
    check("softplus", softplus_real, exact_softplus, 2);
}

/* Quarter turns are taken off exactly before the library is asked. */
static void exact_turn(real u, wide *sine, wide *cosine) {
    const wide turn = (wide)6.283185307179586476925286766559005768L;
    long quarter = lrint(4 * (double)u);
    wide r = (wide)u - (wide)quarter / 4;
    wide s = WIDE(sin)(turn * r), c = WIDE(cos)(turn * r);
    wide value[4] = {s, c, -s, -c};
    *sine = value[quarter & 3];
    *cosine = value[(quarter + 1) & 3];
}

Test(elementary, sine_and_cosine_of_a_turn_are_within_two_ulp_of_libm) {
    double worst = 0;
    for (uint64_t i = 0; i < cases; i++) {
        real u = argument(i), sine, cosine;
        wide exact_sine, exact_cosine;
        if (!(magnitude(u) <= 1048576))
            continue;
        sincos_turns(u, &sine, &cosine);
        exact_turn(u, &exact_sine, &exact_cosine);
        worst = fmax(worst, ulps(sine, exact_sine));
        worst = fmax(worst, ulps(cosine, exact_cosine));
    }
    cr_assert(worst <= 1.1, "errs by %.3f ulp", worst);
}

static bool same(real a, real b) {
    return isnan(a) ? isnan(b) : bits_of(a) == bits_of(b);
}

Test(elementary, ends_of_the_range_are_those_of_the_standard) {
    const real inf = (real)INFINITY, none = (real)NAN, minus = (real)-0.0;
    const struct { real (*f)(real); real at, value; } table[] = {
        {exp_real, inf, inf}, {exp_real, -inf, 0}, {exp_real, none, none},
        {exp_real, 0, 1}, {exp_real, minus, 1},
        {expm1_real, inf, inf}, {expm1_real, -inf, -1},
        {expm1_real, none, none}, {expm1_real, 0, 0},
        {expm1_real, minus, minus},
        {log_real, inf, inf}, {log_real, 0, -inf}, {log_real, minus, -inf},
        {log_real, -1, none}, {log_real, -inf, none},
        {log_real, none, none}, {log_real, 1, 0},
        {log1p_real, inf, inf}, {log1p_real, -1, -inf},
        {log1p_real, -2, none}, {log1p_real, -inf, none},
        {log1p_real, none, none}, {log1p_real, 0, 0},
        {log1p_real, minus, minus},
        {tanh_real, inf, 1}, {tanh_real, -inf, -1},
        {tanh_real, none, none}, {tanh_real, 0, 0},
        {tanh_real, minus, minus},
        {sigmoid_real, inf, 1}, {sigmoid_real, -inf, 0},
        {sigmoid_real, none, none}, {sigmoid_real, 0, (real)0.5},
        {softplus_real, inf, inf}, {softplus_real, -inf, 0},
        {softplus_real, none, none},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        real y = table[i].f(table[i].at);
        cr_assert(same(y, table[i].value), "row %zu: f(%g) = %g, not %g", i,
                  (double)table[i].at, (double)y, (double)table[i].value);
    }
}

Test(elementary, subnormal_numbers_are_not_flushed) {
    real tiny = real_of(3);
    cr_assert(same(expm1_real(tiny), tiny));
    cr_assert(same(log1p_real(-tiny), -tiny));
    cr_assert(same(tanh_real(tiny), tiny));
    cr_assert(same(exp_real(log_real(tiny)), tiny));
}

Test(elementary, sigmoids_of_opposite_numbers_sum_to_one) {
    for (int i = -3000; i <= 3000; i++) {
        real x = (real)i / 100;
        double sum = (double)sigmoid_real(x) + (double)sigmoid_real(-x);
        cr_assert_float_eq(sum, 1, 4 * (double)REAL_EPSILON);
    }
}

/* The shorter ways are taken where the argument is known to be tame. */
Test(elementary, shorter_ways_to_a_power_or_a_logarithm_end_at_the_same_bits) {
    for (uint64_t i = 0; i < cases; i++) {
        real x = argument(i), minus = -magnitude(x);
        cr_assert(same(decay_real(x), exp_real(minus)), "decay at %a",
                  (double)x);
        if (magnitude(x) <= 80)
            cr_assert(same(exp_moderate(x), exp_real(x)), "exp at %a",
                      (double)x);
        if (x >= SMALLEST_NORMAL && x < (real)INFINITY)
            cr_assert(same(log_normal(x), log_real(x)), "log at %a",
                      (double)x);
    }
}

/* The kernels are compiled for each instruction set, the test for none. */
Test(elementary, a_vector_of_numbers_gives_the_bits_of_each_alone) {
    static real (*const alone[])(real) = {
        [MAP_EXP] = exp_real, [MAP_LOG] = log_real, [MAP_TANH] = tanh_real,
        [MAP_SIGMOID] = sigmoid_real, [MAP_SOFTPLUS] = softplus_real};
    enum { N = 100003 };
    static real x[N], y[N];
    struct engine *engine = engine_new(1, NULL);
    for (size_t i = 0; i < N; i++)
        x[i] = argument(i * (cases / N));
    for (int f = MAP_EXP; f <= MAP_SOFTPLUS; f++) {
        kernel_map(engine, (enum map)f, N, x, y);
        for (size_t i = 0; i < N; i++)
            cr_assert(same(y[i], alone[f](x[i])), "function %d at %a", f,
                      (double)x[i]);
    }
    engine_free(engine);
}

/* A block of a loop must notice a number that asks for care, wherever it
   stands, and blocks of any length must come out alike. */
Test(elementary, one_odd_number_in_a_row_is_noticed_wherever_it_stands) {
    const real odd[] = {0, (real)-0.0, -1, (real)INFINITY,
                        (real)-INFINITY, (real)NAN, real_of(1),
                        SMALLEST_NORMAL / 2};
    enum { N = 200 };
    struct engine *engine = engine_new(1, NULL);
    real x[N], y[N];
    for (size_t n = 1; n <= N; n += 7)
        for (size_t at = 0; at < n; at++) {
            for (size_t i = 0; i < n; i++)
                x[i] = (real)(i + 1) / 7;
            x[at] = odd[(at + n) % (sizeof odd / sizeof odd[0])];
            kernel_map(engine, MAP_LOG, n, x, y);
            for (size_t i = 0; i < n; i++)
                cr_assert(same(y[i], log_real(x[i])), "log(%g), place %zu",
                          (double)x[i], i);
        }
    engine_free(engine);
}

/* The last numbers before care is needed, and the first after. */
Test(elementary, the_edges_of_the_normal_numbers_are_normal) {
    enum { N = 64 };
    const real_bits least = bits_of(SMALLEST_NORMAL);
    const real_bits beyond = bits_of((real)INFINITY);
    const real_bits edge[] = {least - 1, least, beyond - 1, beyond};
    struct engine *engine = engine_new(1, NULL);
    real x[N], y[N];
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < N; i++)
            x[i] = real_of(edge[k]);
        kernel_map(engine, MAP_LOG, N, x, y);
        cr_assert(same(y[5], log_real(x[5])), "edge %zu", k);
    }
    engine_free(engine);
}
