/* From chapters/app-a-press.nw (edit that, then make tangle) */
#include "press/grade.h"

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SECONDS_PER_TRIAL = 10 };

/* append a line to the log */
static void note_args(const char *word, const char *format, va_list args)
{
    const char *path = getenv("GRADE_LOG");
    FILE *log = path ? fopen(path, "a") : NULL;
    FILE *to = log ? log : stderr;
    fprintf(to, "%s\t", word);
    vfprintf(to, format, args);
    putc('\n', to);
    if (log)
        fclose(log);
}

GRADE_FORMAT(2)
static void note(const char *word, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    note_args(word, format, args);
    va_end(args);
}

/* log what is asked and tried */
void grade_asks(const char *section, const char *what)
{
    note("section", "%s", section);
    note("asked", "%s", what);
}

void grade_trying(const char *format, ...)
{
    const char *seconds = getenv("GRADE_SECONDS");
    va_list args;
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    va_start(args, format);
    note_args("tried", format, args);
    va_end(args);
    alarm(seconds ? (unsigned)atoi(seconds) : SECONDS_PER_TRIAL);
}

void grade_hint_if(bool recognised, const char *hint)
{
    if (recognised)
        note("hint", "%s", hint);
}

/* check numbers */
bool grade_near(double expected, double got, double tolerance)
{
    return expected == got
        || fabs(expected - got) <= tolerance * fmax(1, fabs(expected));
}

void grade_close(double expected, double got, double tolerance)
{
    if (grade_near(expected, got, tolerance)) {
        note("passed", "%.9g", got);
        return;
    }
    note("expected", "%.9g", expected);
    note("got", "%.9g", isnan(got) ? fabs(got) : got);
    cr_assert_fail("not the expected number");
}

void grade_all_close(size_t count, const float *expected,
                     const float *got, double tolerance)
{
    for (size_t i = 0; i < count; i++) {
        if (grade_near(expected[i], got[i], tolerance))
            continue;
        note("expected", "%.9g at index %zu", expected[i], i);
        note("got", "%.9g", isnan(got[i]) ? fabsf(got[i]) : got[i]);
        cr_assert_fail("not the expected numbers");
    }
    note("passed", "%zu numbers", count);
}

/* check whole numbers and properties */
void grade_equal(long long expected, long long got)
{
    if (expected == got) {
        note("passed", "%lld", got);
        return;
    }
    note("expected", "%lld", expected);
    note("got", "%lld", got);
    cr_assert_fail("not the expected number");
}

void grade_true(bool holds, const char *what, ...)
{
    va_list args;
    va_start(args, what);
    note_args(holds ? "passed" : "should", what, args);
    va_end(args);
    if (!holds)
        cr_assert_fail("a property does not hold");
}

/* log how the process ended */
ReportHook(POST_TEST)(struct criterion_test_stats *stats)
{
    if (stats->exit_code)
        note("exit", "%d", stats->exit_code);
    else if (stats->test_status == CR_STATUS_PASSED)
        note("finished", "%s", stats->test->name);
}

ReportHook(TEST_CRASH)(struct criterion_test_stats *stats)
{
    note("signal", "%d", stats->signal);
}
