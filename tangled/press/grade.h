/* From chapters/app-a-press.nw (edit that, then make tangle) */
#ifndef PRESS_GRADE_H
#define PRESS_GRADE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __GNUC__
#define GRADE_FORMAT(n) __attribute__((format(printf, n, n + 1)))
#else
#define GRADE_FORMAT(n)
#endif

/* say what is asked and what is being tried */
/* What this test asks for, and the label of the section that explains
   it ("sec:elbo"). Once a test, or again when the question changes. */
void grade_asks(const char *section, const char *what);

/* The input about to be tried, as the reader would write it. Said when
   the check after it fails, and when the answer crashes or does not
   return: so call it before calling the reader's function. It allows
   the answer ten seconds. */
GRADE_FORMAT(1) void grade_trying(const char *format, ...);

/* A hint for the mistake just recognised in the result. It is given if
   the next check fails. The first hint recognised is the one given. */
void grade_hint_if(bool recognised, const char *hint);

/* Whether |expected - got| <= tolerance * max(1, |expected|). Equal
   infinities are near; no NaN is near anything. */
bool grade_near(double expected, double got, double tolerance);

/* check what came */
/* A number near the expected one (grade_near; tolerance 0: equal). */
void grade_close(double expected, double got, double tolerance);

/* Numbers of which each is near the expected one; names the first
   that is not by its index. */
void grade_all_close(size_t count, const float *expected,
                     const float *got, double tolerance);

/* A whole number: a count, an index. */
void grade_equal(long long expected, long long got);

/* Anything else: `what` is the property that should hold. */
GRADE_FORMAT(2) void grade_true(bool holds, const char *what, ...);

#endif
