/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/rng.h"

uint32_t rng_word(struct rng_stream s, uint32_t example, uint32_t index) {
    uint32_t word[4];
    rng_block(s, example, index / 4, word);
    return word[index % 4];
}

real rng_uniform(struct rng_stream s, uint32_t example, uint32_t index) {
    return uniform_of(rng_word(s, example, index));
}

real rng_normal(struct rng_stream s, uint32_t example, uint32_t index) {
    uint32_t word[4];
    real z[2];
    rng_block(s, example, index / 4, word);
    uint32_t first = index % 4 / 2 * 2;
    normal_pair(word[first], word[first + 1], &z[0], &z[1]);
    return z[index % 2];
}

/* shuffle */
void rng_permutation(struct rng_stream s, size_t n, uint32_t order[]) {
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    for (size_t i = n; i-- > 1; ) {
        uint64_t word = rng_word(s, 0, (uint32_t)i);
        size_t j = (size_t)(word * (i + 1) >> 32);
        uint32_t held = order[i];
        order[i] = order[j];
        order[j] = held;
    }
}
