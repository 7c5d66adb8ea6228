#include "00-foundations/arena.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdint.h>

Test(arena, pieces_begin_on_cache_lines_and_do_not_overlap) {
    struct arena *arena = arena_new(1 << 20);
    unsigned char *last = NULL;
    size_t last_size = 0;
    for (size_t size = 0; size < 300; size++) {
        unsigned char *piece = arena_alloc(arena, size, 1);
        cr_assert_eq((uintptr_t)piece % 64, 0);
        cr_assert(last == NULL || piece >= last + last_size);
        for (size_t i = 0; i < size; i++) {
            cr_assert_eq(piece[i], 0, "fresh memory is zero");
            piece[i] = 255;
        }
        last = piece;
        last_size = size;
    }
    arena_free(arena);
}

Test(arena, memory_given_back_is_handed_out_again_and_zero) {
    struct arena *arena = arena_new(1000);
    arena_alloc(arena, 10, 1);
    size_t mark = arena_mark(arena);
    unsigned char *first = arena_alloc(arena, 100, 1);
    first[7] = 1;
    arena_release(arena, mark);
    unsigned char *second = arena_alloc(arena, 50, 1);
    cr_assert_eq(first, second);
    cr_assert_eq(second[7], 0);
    cr_assert_eq(arena_used(arena), 128);
    cr_assert_eq(arena_peak(arena), 192);
    arena_free(arena);
}

Test(arena, all_of_it_can_be_used) {
    struct arena *arena = arena_new(640);
    for (int i = 0; i < 10; i++)
        arena_alloc(arena, 64, 1);
    cr_assert_eq(arena_used(arena), 640);
    arena_free(arena);
}

Test(arena, a_request_that_does_not_fit_dies, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct arena *arena = arena_new(640);
    arena_alloc(arena, 641, 1);
}

Test(arena, a_product_that_overflows_dies, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct arena *arena = arena_new(640);
    arena_alloc(arena, SIZE_MAX / 8, 16);
}

Test(arena, a_sum_that_overflows_dies, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct arena *arena = arena_new(640);
    arena_alloc(arena, SIZE_MAX, 1);
}
