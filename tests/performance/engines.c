/* The engines that the tests of this folder compare. */
#ifndef REAL_IS_DOUBLE

#include <criterion/logging.h>
#include <math.h>
#include <string.h>
#include "performance/kernel-set.h"

struct engine *engine_numbered(size_t number)
{
    static const char *const isas[] = {"baseline", "avx2", "avx512", "neon"};
    const char *isa = isas[number / 3];
    struct engine *engine = engine_new(number % 3 + 1, isa);
    if (engine == NULL && number % 3 == 0)
        cr_log_info("skipped %s: not on this processor", isa);
    return engine;
}

bool same_bits(size_t n, const real *a, const real *b)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(&a[i], &b[i], sizeof a[i]) != 0 &&
            !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

#endif
