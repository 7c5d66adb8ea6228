#include "workshop/pages.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* Advice that drops what a block holds, or reaches beyond its ends. */
Test(pages, advice_changes_nothing_that_a_block_holds) {
    static const size_t size[] = {0, 1, 4096, (1 << 21) - 1, (1 << 21) + 1,
                                  7 << 20};
    for (size_t i = 0; i < sizeof size / sizeof size[0]; i++)
        for (size_t skip = 0; skip < 3; skip++) {
            unsigned char *block = malloc(size[i] + 16);
            cr_assert_not_null(block);
            memset(block, 0xa5, size[i] + 16);
            pages_advise(block + skip, size[i]);
            size_t same = 0;
            while (same < size[i] + 16 && block[same] == 0xa5)
                same++;
            cr_assert_eq(same, size[i] + 16, "byte %zu of %zu", same,
                         size[i]);
            free(block);
        }
}
