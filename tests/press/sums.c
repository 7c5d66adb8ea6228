/* The two formulas with which the appendix on the press shows how formulas are
   written. They are tested like all others. */
#include <criterion/criterion.h>
#include <stddef.h>

Test(sums, the_first_n_numbers)
{
    size_t sum = 0;
    for (size_t n = 1; n <= 1000; n++) {
        sum += n;
        cr_assert_eq(2 * sum, n * (n + 1));
    }
}

Test(sums, the_first_n_odd_numbers)
{
    size_t sum = 0;
    for (size_t n = 1; n <= 1000; n++) {
        sum += 2 * (n - 1) + 1;
        cr_assert_eq(sum, n * n);
        cr_assert_eq((n + 1) * (n + 1) - n * n, 2 * n + 1);
    }
}
