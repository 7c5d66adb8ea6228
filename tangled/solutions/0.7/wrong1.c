/* From chapters/00-foundations.nw (edit that, then make tangle) */
/* expect: keys of the rounds come in the order */
#include "solutions/0.7/exercise.h"

/* invert an odd number */
static uint32_t inverse(uint32_t a) {
    uint32_t x = a;
    for (int step = 0; step < 4; step++)
        x *= 2 - a * x;
    return x;
}
/* undo a round */
static void undo_round(uint32_t c[4], uint32_t k0, uint32_t k1) {
    uint32_t c0 = c[3] * inverse(0xD2511F53u);
    uint32_t c2 = c[1] * inverse(0xCD9E8D57u);
    uint64_t p0 = (uint64_t)0xD2511F53u * c0;
    uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
    c[1] = c[0] ^ (uint32_t)(p1 >> 32) ^ k0;
    c[3] = c[2] ^ (uint32_t)(p0 >> 32) ^ k1;
    c[0] = c0;
    c[2] = c2;
}

void philox_undo(const uint32_t out[4], const uint32_t key[2],
                 uint32_t counter[4])
{
    for (int i = 0; i < 4; i++)
        counter[i] = out[i];
    for (uint32_t round = 0; round < 10; round++)
        undo_round(counter, key[0] + round * 0x9E3779B9u,
                   key[1] + round * 0xBB67AE85u);
}
