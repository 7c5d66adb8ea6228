/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "press/grade.h"
#include "solutions/0.7/exercise.h"

#include <criterion/criterion.h>
#include <string.h>
#include "00-foundations/rng.h"

/* scramble with the keys that a mistake assumes */
/* round r has the key after first + r * step additions */
static bool scrambles(const uint32_t counter[4], const uint32_t key[2],
                      uint32_t first, uint32_t step, const uint32_t out[4])
{
    uint32_t c[4];
    memcpy(c, counter, sizeof c);
    for (uint32_t r = 0; r < 10; r++) {
        uint32_t adds = first + r * step;
        uint64_t p0 = (uint64_t)0xD2511F53u * c[0];
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c[2];
        c[0] = (uint32_t)(p1 >> 32) ^ c[1] ^ (key[0] + adds * 0x9E3779B9u);
        c[2] = (uint32_t)(p0 >> 32) ^ c[3] ^ (key[1] + adds * 0xBB67AE85u);
        c[1] = (uint32_t)p1;
        c[3] = (uint32_t)p0;
    }
    return memcmp(c, out, sizeof c) == 0;
}
/* try one counter */
static void try_counter(const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t out[4], got[4] = {0};
    philox(counter, key, out);
    grade_trying("what philox makes of the counter {%u, %u, %u, %u} with "
                 "key {%u, %u}", counter[0], counter[1], counter[2],
                 counter[3], key[0], key[1]);
    philox_undo(out, key, got);
    bool reversed = scrambles(got, key, 9, UINT32_MAX, out);
    bool late = scrambles(got, key, 1, 1, out);
    for (int i = 0; i < 4; i++) {
        grade_hint_if(reversed, "The keys of the rounds come in the order "
                      "of the way there. On the way back, the last is "
                      "first.");
        grade_hint_if(late, "The keys have one addition too many. The key "
                      "after the tenth was used by no round.");
        grade_equal(counter[i], got[i]);
    }
}

Test(exercise_0_7, finds_the_counter)
{
    grade_asks("sec:random", "the counter from which Philox made its four "
                             "words");
    try_counter((const uint32_t[]){1, 2, 3, 4}, (const uint32_t[]){0, 0});
    try_counter((const uint32_t[]){0, 0, 0, 0}, (const uint32_t[]){5, 6});
    try_counter((const uint32_t[]){0xffffffffu, 7, 0x80000000u, 1},
                (const uint32_t[]){0xdeadbeefu, 0x12345678u});
}
