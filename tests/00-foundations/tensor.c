#include "00-foundations/tensor.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdint.h>

Test(tensor, rows_are_views_of_the_same_data) {
    struct arena *arena = arena_new(1 << 16);
    struct tensor t = tensor_new(arena, 3, (size_t[]){5, 3, 2});
    for (size_t i = 0; i < tensor_size(&t); i++)
        t.data[i] = (real)i;
    cr_assert_eq(tensor_size(&t), 30);
    cr_assert_eq(tensor_row_size(&t), 6);
    for (size_t first = 0; first <= 5; first++)
        for (size_t count = 0; count <= 5 - first; count++) {
            struct tensor rows = tensor_rows(t, first, count);
            cr_assert_eq(tensor_size(&rows), 6 * count);
            cr_assert_eq(rows.data, t.data + 6 * first);
        }
    arena_free(arena);
}

Test(tensor, shapes_are_the_same_only_if_rank_and_lengths_are) {
    struct arena *arena = arena_new(1 << 16);
    struct tensor a = tensor_new2(arena, 2, 3), b = tensor_new2(arena, 3, 2);
    struct tensor c = tensor_new1(arena, 6), d = tensor_new2(arena, 2, 3);
    struct tensor one = tensor_new(arena, 0, NULL);
    cr_assert(tensor_same_shape(&a, &d));
    cr_assert(!tensor_same_shape(&a, &b));
    cr_assert(!tensor_same_shape(&a, &c));
    cr_assert_eq(tensor_size(&one), 1, "rank 0 is a single number");
    arena_free(arena);
}

Test(tensor, a_shape_is_printed_as_in_the_text) {
    char text[TENSOR_TEXT];
    struct tensor t = {2, {128, 784}, NULL}, one = {0};
    struct tensor wide = {4, {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}, NULL};
    cr_assert_str_eq(tensor_shape_text(&t, text), "[128, 784]");
    cr_assert_str_eq(tensor_shape_text(&one, text), "[]");
    tensor_shape_text(&wide, text);
    cr_assert_eq(text[strlen(text) - 1], ']', "the widest fits");
}

Test(tensor, rows_that_do_not_exist_die, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct arena *arena = arena_new(1 << 16);
    tensor_rows(tensor_new2(arena, 5, 2), 3, 3);
}

Test(tensor, a_shape_that_overflows_dies, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct arena *arena = arena_new(1 << 16);
    tensor_new2(arena, SIZE_MAX / 4, 5);
}
