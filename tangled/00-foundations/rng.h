/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_RNG_H
#define FOUNDATIONS_RNG_H

#include <stddef.h>
#include <stdint.h>
#include "00-foundations/elementary.h"
#include "00-foundations/real.h"

/* What a number is for. Purposes of later chapters are added at the end,
   so that no earlier number changes. */
enum rng_purpose {
    RNG_INIT = 1, RNG_SHUFFLE, RNG_BINARISE, RNG_NOISE, RNG_DIGITS,
    RNG_EVAL, RNG_SAMPLE, RNG_TEST, RNG_EVAL_BINARISE
};

/* Addresses numbers: (seed, purpose, step, example, index). The example
   is that of row 0. */
struct rng_stream {
    uint64_t seed;
    uint32_t purpose, step, example;
};

/* ask for the number at an address */
/* Philox4x32-10 (Salmon et al. 2011): four words of a counter and a key */
static inline void philox(const uint32_t counter[4], const uint32_t key[2],
                          uint32_t out[4]);

/* Number index of the example (added to that of the stream): 32 bits, */
uint32_t rng_word(struct rng_stream s, uint32_t example, uint32_t index);
/* uniform on [0, 1), a multiple of 2^-24, */
real rng_uniform(struct rng_stream s, uint32_t example, uint32_t index);
/* and normal with mean 0 and variance 1, at most 6.67 in magnitude. */
real rng_normal(struct rng_stream s, uint32_t example, uint32_t index);

/* order[0..n) becomes a random permutation of 0..n-1; n < 2^32 */
void rng_permutation(struct rng_stream s, size_t n, uint32_t order[]);
/* scramble a counter under a key */
static inline void philox(const uint32_t counter[4], const uint32_t key[2],
                          uint32_t out[4]) {
    uint32_t c0 = counter[0], c1 = counter[1];
    uint32_t c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0;
        uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}
/* draw the words of an address */
static inline void rng_block(struct rng_stream s, uint32_t example,
                             uint32_t block, uint32_t out[4]) {
    uint32_t counter[4] = {block, s.example + example, s.step, s.purpose};
    uint32_t key[2] = {(uint32_t)s.seed, (uint32_t)(s.seed >> 32)};
    philox(counter, key, out);
}
/* turn words into reals */
static inline real uniform_of(uint32_t word) {
    return (real)(int32_t)(word >> 8) * (real)5.9604644775390625e-8;
}
/* make two normal deviates */
static inline void normal_pair(uint32_t word1, uint32_t word2, real *z1,
                               real *z2) {
    const real unit = (real)4.656612873077392578125e-10;      /* 2^-31 */
    real u1 = fma_real((real)(int32_t)(word1 >> 1), unit, unit / 2);
    real radius = sqrt_real(-2 * log_normal(u1));
    real sine, cosine;
    sincos_turns(uniform_of(word2), &sine, &cosine);
    *z1 = radius * cosine;
    *z2 = radius * sine;
}

#endif
