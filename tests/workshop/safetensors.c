#include "workshop/safetensors.h"

#include <signal.h>
#include <stdint.h>
#include "workshop/scratch.h"

TestSuite(safetensors, .init = scratch_begin, .fini = scratch_end);

static const size_t shape_23[] = {2, 3};
static const float weights[] = {1, 2, 3, 4, 5, 6};
static const double doubles[] = {0.5, -0.25};
static const uint64_t step = 12345678901234567u;
static const uint8_t bytes[] = {1, 2, 3};

/* tensors of mixed widths, in an order that would misalign them */
static bool write_sample(const char *path, struct error *err) {
    const struct st_tensor tensors[] = {
        {"bytes", ST_U8, 1, {3}, bytes, sizeof bytes},
        {"encoder.w", ST_F32, 2, {2, 3}, weights, sizeof weights},
        {"empty", ST_F32, 2, {0, 7}, NULL, 0},
        {"d", ST_F64, 1, {2}, doubles, sizeof doubles},
        {"step", ST_U64, 0, {0}, &step, sizeof step},
    };
    const struct st_meta metas[] = {{"program", "chapter4"},
                                    {"note", "tab\t \"quoted\" \\ é\n"}};
    return safetensors_write(path, tensors, 5, metas, 2, err);
}

/* a file with this header and so many bytes of data */
static void write_with(const char *header, size_t data) {
    static char file[100000];
    uint64_t length = strlen(header);
    memset(file, 0, sizeof file);
    memcpy(file, &length, 8);
    memcpy(file + 8, header, length);
    scratch_write("a", file, 8 + length + data);
}

static void assert_refused(const char *what, const char *words) {
    struct error err = {""};
    struct safetensors *file = safetensors_open("a", &err);
    cr_assert(file == NULL, "%s: accepted", what);
    assert_one_line(&err);
    assert_says(err, words);
}

Test(safetensors, what_was_written_is_read_back) {
    struct error err;
    cr_assert(write_sample("a", &err), "%s", err.text);
    struct safetensors *file = safetensors_open("a", &err);
    cr_assert(file != NULL, "%s", err.text);
    cr_assert_eq(safetensors_count(file), 5);
    const void *w = safetensors_get(file, "encoder.w", ST_F32, 2, shape_23,
                                    &err);
    cr_assert(w != NULL && memcmp(w, weights, sizeof weights) == 0);
    const struct st_tensor *t = safetensors_find(file, "step");
    cr_assert(t->rank == 0 && t->dtype == ST_U64 && t->bytes == 8
              && memcmp(t->data, &step, 8) == 0);
    t = safetensors_find(file, "d");
    cr_assert(memcmp(t->data, doubles, sizeof doubles) == 0);
    t = safetensors_find(file, "bytes");
    cr_assert(memcmp(t->data, bytes, sizeof bytes) == 0);
    cr_assert(safetensors_find(file, "empty")->bytes == 0);
    cr_assert(safetensors_find(file, "none") == NULL);
    cr_assert_str_eq(safetensors_meta(file, "program"), "chapter4");
    cr_assert_str_eq(safetensors_meta(file, "note"),
                     "tab\t \"quoted\" \\ é\n");
    cr_assert(safetensors_meta(file, "none") == NULL);
    safetensors_close(file);
    safetensors_close(NULL);
}

/* Catches data that a reader which maps the file could not use in place. */
Test(safetensors, data_are_aligned_in_the_file_and_in_memory) {
    struct error err;
    write_sample("a", &err);
    size_t count, last = 8;
    char *text = scratch_read("a", &count);
    uint64_t length;
    memcpy(&length, text, 8);
    cr_assert((8 + length) % 64 == 0);
    free(text);
    struct safetensors *file = safetensors_open("a", &err);
    for (size_t i = 0; i < safetensors_count(file); i++) {
        const struct st_tensor *t = safetensors_tensor(file, i);
        size_t width = t->dtype == ST_F64 || t->dtype == ST_U64 ? 8
            : t->dtype == ST_F32 ? 4 : 1;
        cr_assert(width <= last, "a wider type follows");
        cr_assert((uintptr_t)t->data % 64 == 0);
        last = width;
    }
    safetensors_close(file);
}

Test(safetensors, a_tensor_of_another_shape_or_type_is_refused_with_both) {
    static const size_t transposed[] = {3, 2};
    struct error err;
    write_sample("a", &err);
    struct safetensors *file = safetensors_open("a", &err);
    cr_assert(safetensors_get(file, "encoder.w", ST_F32, 2, transposed,
                              &err) == NULL);
    assert_says(err, "a: tensor encoder.w is [2, 3] of F32, expected "
                "[3, 2] of F32");
    cr_assert(!safetensors_get(file, "encoder.w", ST_F64, 2, shape_23,
                               &err));
    assert_says(err, "expected [2, 3] of F64");
    cr_assert(!safetensors_get(file, "decoder.w", ST_F32, 2, shape_23,
                               &err));
    assert_says(err, "a: has no tensor decoder.w");
    safetensors_close(file);
}

/* Catches a read past the end of what is there. */
Test(safetensors, a_file_cut_anywhere_is_refused) {
    struct error err;
    write_sample("whole", &err);
    size_t count;
    char *file = scratch_read("whole", &count);
    for (size_t cut = 0; cut < count; cut++) {
        scratch_write("a", file, cut);
        assert_refused("a cut file", "a: ");
    }
    scratch_write("a", file, count);
    FILE *more = fopen("a", "ab");
    fputc(0, more);
    fclose(more);
    assert_refused("a longer file", "the file has");
    free(file);
}

/* Catches a crash: every bit of the file is turned, one at a time. Where
   the file is still accepted, all that it offers must be readable. */
Test(safetensors, no_bit_can_be_turned_into_a_crash, .timeout = 120) {
    struct error err;
    write_sample("whole", &err);
    size_t count;
    char *text = scratch_read("whole", &count);
    for (size_t bit = 0; bit < 8 * count; bit++) {
        text[bit / 8] ^= (char)(1 << bit % 8);
        scratch_write("a", text, count);
        struct safetensors *file = safetensors_open("a", &err);
        if (file == NULL) assert_one_line(&err);
        unsigned sum = 0;
        for (size_t i = 0; file && i < safetensors_count(file); i++) {
            const struct st_tensor *t = safetensors_tensor(file, i);
            const uint8_t *data = t->data;
            for (size_t j = 0; j < t->bytes; j++) sum += data[j];
        }
        cr_assert(sum < UINT32_MAX);
        safetensors_close(file);
        text[bit / 8] ^= (char)(1 << bit % 8);
    }
    free(text);
}

#define T(properties) "{\"t\":{" properties "}}"
#define F32(shape, begin, end) "\"dtype\":\"F32\",\"shape\":" shape \
    ",\"data_offsets\":[" begin "," end "]"

Test(safetensors, a_malformed_header_is_refused_with_its_place) {
    static const char *const cases[][2] = {
        {"", "'{' is missing"}, {"{", "is missing"}, {"[]", "'{'"},
        {"{}x", "something follows"}, {"{\"t\"}", "':' is missing"},
        {"{\"t\":1}", "'{' is missing"}, {"{\"t\":{}}", "'\"' is missing"},
        {T(F32("[1]", "0", "4") ",\"x\":1"), "an unknown property"},
        {T("\"dtype\":\"F32\",\"dtype\":\"F32\""), "a property twice"},
        {T("\"dtype\":\"F32\",\"shape\":[1]"), "lacks a property"},
        {T("\"dtype\":\"F8_E4M3\""), "an unknown type"},
        {T("\"dtype\":4"), "'\"' is missing"},
        {T("\"shape\":[1.5]"), "']' is missing"},
        {T("\"shape\":[-1]"), "a number is missing"},
        {T("\"shape\":[1,]"), "a number is missing"},
        {T("\"shape\":[[1]]"), "a number is missing"},
        {T("\"shape\":[99999999999999999999]"), "too large"},
        {T("\"shape\":[1,1,1,1,1,1,1,1,1]"), "the list is too long"},
        {T("\"data_offsets\":[1]"), "two offsets"},
        {T("\"data_offsets\":[0,1,2]"), "the list is too long"},
        {T(F32("[2]", "0", "4")), "offsets and shape disagree"},
        {T(F32("[1]", "4", "0")), "offsets and shape disagree"},
        {T(F32("[4294967296,4294967296,4294967296]", "0", "0")),
         "a shape overflows"},
        {T(F32("[1]", "4", "8")), "begins at byte 4, expected 0"},
        {"{\"a\":{" F32("[1]", "0", "4") "},\"b\":{" F32("[1]", "2", "6")
         "}}", "begins at byte 2, expected 4"},
        {"{\"a\":{" F32("[1]", "0", "4") "},\"b\":{" F32("[1]", "8", "12")
         "}}", "begins at byte 8, expected 4"},
        {"{\"a\":{" F32("[1]", "0", "4") "},\"a\":{" F32("[1]", "4", "8")
         "}}", "two tensors are named a"},
        {T(F32("[2]", "0", "8")), "take 8 bytes, the file has 16"},
        {"{\"__metadata__\":{\"a\":1}}", "'\"' is missing"},
        {"{\"__metadata__\":{\"a\":{\"b\":\"c\"}}}", "'\"' is missing"},
        {"{\"\\u0000\":{}}", "a character that we do not read"},
        {"{\"\\ud83d\\ude00\":{}}", "a character that we do not read"},
        {"{\"\\x\":{}}", "an unknown escape"},
        {"{\"\\u00g0\":{}}", "an unknown escape"},
        {"{\"a\nb\":{}}", "a control character"}, {"{\"abc", "'\"' is"},
        {"{\"a\\", "it ends here"}, {"{\"\\u12", "an unknown escape"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_with(cases[i][0], 16);
        assert_refused(cases[i][0], cases[i][1]);
    }
}

/* Catches recursion, and time or memory that grows with nesting. */
Test(safetensors, deep_nesting_is_refused, .timeout = 20) {
    static char header[90001];
    static const char *const open[] = {"[", "{", "{\"a\":", "{\"t\":[",
                                       "{\"__metadata__\":"};
    for (size_t i = 0; i < 5; i++) {
        size_t length = strlen(open[i]);
        memset(header, 0, sizeof header);
        for (size_t at = 0; at + length <= 90000; at += length)
            memcpy(header + at, open[i], length);
        write_with(header, 0);
        assert_refused(open[i], "header, byte");
    }
}

Test(safetensors, absurd_lengths_are_refused) {
    static const uint64_t lengths[] = {UINT64_MAX, INT64_MAX, UINT32_MAX,
                                       (uint64_t)1 << 63, 1 << 20, 57};
    for (size_t i = 0; i < 6; i++) {
        uint8_t file[64] = {0};
        memcpy(file, &lengths[i], 8);
        scratch_write("a", file, sizeof file);
        assert_refused("a length", "is cut off: its header would take");
    }
}

Test(safetensors, names_are_bounded) {
    char header[400], name[200];
    for (int length = 120; length < 140; length++) {
        memset(name, 'n', sizeof name);
        name[length] = '\0';
        snprintf(header, sizeof header, "{\"%s\":{" F32("[1]", "0", "4")
                 "}}", name);
        write_with(header, 4);
        struct error err;
        struct safetensors *file = safetensors_open("a", &err);
        cr_assert((file != NULL) == (length < ST_MAX_NAME));
        if (file != NULL) cr_assert(safetensors_find(file, name) != NULL);
        safetensors_close(file);
    }
}

/* Headers in the ways of other writers: spaces, order, escapes, tensors
   that are not aligned, no padding. */
Test(safetensors, files_of_other_writers_are_read) {
    write_with("{ \"odd\" : { \"shape\" : [ 1 ] , \"data_offsets\":[0 ,1],"
               "\"dtype\":\"U8\"},\n\t\"w\\u00e9\\/\\\"\":{"
               "\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[1,9]},"
               "\"__metadata__\":{\"format\":\"pt\"} }  ", 9);
    struct error err;
    struct safetensors *file = safetensors_open("a", &err);
    cr_assert(file != NULL, "%s", err.text);
    const struct st_tensor *t = safetensors_find(file, "wé/\"");
    cr_assert(t != NULL && t->rank == 0 && (uintptr_t)t->data % 8 == 0);
    cr_assert_str_eq(safetensors_meta(file, "format"), "pt");
    safetensors_close(file);
    write_with("{}", 0);
    file = safetensors_open("a", &err);
    cr_assert(file != NULL && safetensors_count(file) == 0);
    safetensors_close(file);
}

Test(safetensors, bytes_that_contradict_the_shape_die, .signal = SIGABRT) {
    struct error err;
    const struct st_tensor t = {"w", ST_F32, 2, {2, 3}, weights, 20};
    safetensors_write("a", &t, 1, NULL, 0, &err);
}

Test(safetensors, a_name_given_twice_dies, .signal = SIGABRT) {
    struct error err;
    const struct st_tensor t[] = {{"b", ST_U8, 1, {3}, bytes, 3},
                                  {"b", ST_U8, 1, {3}, bytes, 3}};
    safetensors_write("a", t, 2, NULL, 0, &err);
}

Test(safetensors, a_disk_that_is_full_is_an_error) {
    struct error err;
    if (!scratch_exists("/dev/full")) cr_skip_test("no /dev/full here");
    cr_assert(symlink("/dev/full", "full") == 0);
    cr_assert(!write_sample("full", &err));
    assert_one_line(&err);
    cr_assert(safetensors_open("none", &err) == NULL);
    assert_says(err, "none: No such file or directory");
    cr_assert(safetensors_open(".", &err) == NULL);
    assert_says(err, ".: is a folder, not a file");
}
