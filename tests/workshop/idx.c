#include "workshop/idx.h"

#include <sys/stat.h>
#include "workshop/scratch.h"

TestSuite(idx, .init = scratch_begin, .fini = scratch_end);

enum { COUNT = 3, HEIGHT = 4, WIDTH = 5, SIZE = COUNT * HEIGHT * WIDTH,
       FILE_SIZE = 16 + SIZE };

/* a file of three images, to be spoilt by a test */
static void make_file(uint8_t file[FILE_SIZE]) {
    static const uint8_t header[16] = {0, 0, 8, 3, 0, 0, 0, COUNT, 0, 0, 0,
                                       HEIGHT, 0, 0, 0, WIDTH};
    memcpy(file, header, 16);
    for (int i = 0; i < SIZE; i++) file[16 + i] = (uint8_t)(i * 7);
}

/* reads what must be refused, and whose refusal must hold these words */
static void assert_refused(const char *path, size_t rank,
                           const char *words) {
    struct idx idx;
    struct error err = {""};
    cr_assert(!idx_read(path, rank, &idx, &err), "%s: accepted", words);
    assert_one_line(&err);
    cr_assert(strncmp(err.text, path, strlen(path)) == 0, "%s", err.text);
    assert_says(err, words);
    cr_assert(idx.data == NULL && idx.rank == 0);
}

/* Catches a wrong byte order, and an axis in another's place. */
Test(idx, a_file_written_by_hand_is_read) {
    uint8_t file[FILE_SIZE];
    struct idx idx;
    struct error err;
    make_file(file);
    scratch_write("a", file, FILE_SIZE);
    cr_assert(idx_read("a", 3, &idx, &err), "%s", err.text);
    cr_assert(idx.rank == 3 && idx.shape[0] == COUNT
              && idx.shape[1] == HEIGHT && idx.shape[2] == WIDTH);
    cr_assert(memcmp(idx.data, file + 16, SIZE) == 0);
    idx_free(&idx);
}

Test(idx, what_was_written_is_read_back_at_any_size) {
    unsigned state = 1;
    for (int round = 0; round < 50; round++) {
        struct idx idx = {.rank = round % 2 == 0 ? 1 : 3}, back;
        struct error err;
        size_t size = 1;
        for (size_t i = 0; i < 3; i++) {
            idx.shape[i] = i < idx.rank ? 1 + scratch_random(&state) % 300
                                        : 1;
            if (idx.rank == 3 && i > 0) idx.shape[i] = 1 + idx.shape[i] % 70;
            size *= idx.shape[i];
        }
        idx.data = checked_alloc(size, 1);
        for (size_t i = 0; i < size; i++)
            idx.data[i] = (uint8_t)scratch_random(&state);
        cr_assert(idx_write("a", &idx, &err), "%s", err.text);
        cr_assert(idx_read("a", idx.rank, &back, &err), "%s", err.text);
        cr_assert(memcmp(idx.shape, back.shape, sizeof idx.shape) == 0);
        cr_assert(memcmp(idx.data, back.data, size) == 0);
        idx_free(&idx);
        idx_free(&back);
    }
}

/* Catches a read past the end, at whichever byte a download broke off. */
Test(idx, a_file_cut_anywhere_is_refused) {
    uint8_t file[FILE_SIZE];
    make_file(file);
    for (size_t cut = 0; cut < FILE_SIZE; cut++) {
        scratch_write("a", file, cut);
        assert_refused("a", 3, cut < 4 ? "" : cut < 16
                       ? "ends inside its header" : "is too short");
    }
}

Test(idx, a_byte_too_many_is_refused) {
    uint8_t file[FILE_SIZE + 1] = {0};
    make_file(file);
    scratch_write("a", file, FILE_SIZE + 1);
    assert_refused("a", 3, "is too long: shape [3, 4, 5] makes 76 bytes, "
                   "the file has 77");
}

/* Catches any value of any byte of the header that crashes the reader, or
   is believed against the size of the file. */
Test(idx, no_byte_of_the_header_can_be_changed_unnoticed) {
    uint8_t file[FILE_SIZE];
    for (size_t at = 0; at < 16; at++)
        for (unsigned value = 0; value < 256; value++) {
            make_file(file);
            if (file[at] == value) continue;
            file[at] = (uint8_t)value;
            scratch_write("a", file, FILE_SIZE);
            assert_refused("a", 3, "");
        }
}

/* The same with several bytes at once, for products that overflow. */
Test(idx, mutated_headers_never_crash) {
    uint8_t file[FILE_SIZE];
    unsigned state = 2;
    static const uint8_t nasty[] = {0, 1, 0x7f, 0x80, 0xff};
    for (int round = 0; round < 3000; round++) {
        make_file(file);
        for (unsigned n = 1 + scratch_random(&state) % 6; n > 0; n--)
            file[4 + scratch_random(&state) % 12] =
                nasty[scratch_random(&state) % 5];
        size_t size = 4 + scratch_random(&state) % (FILE_SIZE - 4);
        scratch_write("a", file, size);
        struct idx idx;
        struct error err = {""};
        if (idx_read("a", 3, &idx, &err)) idx_free(&idx);
        else assert_one_line(&err);
    }
}

Test(idx, absurd_dimensions_are_refused_before_memory_is_asked_for) {
    uint8_t file[FILE_SIZE];
    make_file(file);
    memset(file + 4, 0xff, 12);
    scratch_write("a", file, FILE_SIZE);
    assert_refused("a", 3, "absurd shape, [4294967295, 4294967295, "
                   "4294967295]");
    make_file(file);
    memset(file + 4, 0xff, 4);
    scratch_write("a", file, FILE_SIZE);
    assert_refused("a", 3, "is too short");
    make_file(file);
    memset(file + 4, 0, 4);
    scratch_write("a", file, 16);
    assert_refused("a", 3, "is empty: its shape is [0, 4, 5]");
}

Test(idx, the_wrong_kind_of_file_is_told_apart) {
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 5, 3};
    static const uint8_t floats[] = {0, 0, 13, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0,
                                     0, 0, 1, 0, 0, 0, 0};
    scratch_write("labels", labels, sizeof labels);
    assert_refused("labels", 3, "holds data of 1 dimension, where images");
    uint8_t file[FILE_SIZE];
    make_file(file);
    scratch_write("images", file, FILE_SIZE);
    assert_refused("images", 1, "holds data of 3 dimensions, where labels");
    scratch_write("floats", floats, sizeof floats);
    assert_refused("floats", 3, "elements of type 0x0d, where bytes");
    scratch_write("page", "<!DOCTYPE html>", 15);
    assert_refused("page", 3, "is no IDX file: it begins with 3c 21 44 4f");
}

/* Catches a command that would not work when copied. */
Test(idx, a_compressed_file_is_answered_with_the_command) {
    static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    scratch_write("images.gz", gzip, sizeof gzip);
    assert_refused("images.gz", 3, "unpack it with: gunzip images.gz");
    assert_refused("images", 3, "unpack it with: gunzip images.gz");
    scratch_write("my images.gz", gzip, sizeof gzip);
    assert_refused("my images.gz", 3, "gunzip 'my images.gz'");
    scratch_write("plain", gzip, sizeof gzip);
    assert_refused("plain", 3, "gunzip < plain > plain.idx");
}

Test(idx, what_is_no_readable_file_is_refused, .timeout = 20) {
    assert_refused("none", 3, "No such file or directory");
    mkdir("folder", 0777);
    assert_refused("folder", 3, "is a folder, not a file");
    assert_refused("/dev/zero", 3, "is a device, not a file");
    cr_assert(mkfifo("pipe", 0666) == 0);
    assert_refused("pipe", 3, "is a device, not a file");
    if (geteuid() == 0) return;     /* the superuser may read everything */
    scratch_write("secret", "", 0);
    chmod("secret", 0);
    assert_refused("secret", 3, "Permission denied");
}
