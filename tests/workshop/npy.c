#include "workshop/npy.h"

#include <stdint.h>
#include "workshop/scratch.h"

TestSuite(npy, .init = scratch_begin, .fini = scratch_end);

static const size_t sizes[] = {4, 8, 1, 8};

/* a file with this dictionary and so many bytes of data */
static void write_with(const char *dictionary, size_t data) {
    uint8_t file[1000] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    size_t length = strlen(dictionary);
    file[8] = (uint8_t)length;
    file[9] = (uint8_t)(length >> 8);
    memcpy(file + 10, dictionary, length);
    scratch_write("a.npy", file, 10 + length + data);
}

static void assert_refused(const char *words) {
    struct npy array;
    struct error err = {""};
    cr_assert(!npy_read("a.npy", &array, &err), "%s: accepted", words);
    assert_one_line(&err);
    assert_says(err, words);
    cr_assert(array.data == NULL);
}

Test(npy, what_was_written_is_read_back) {
    unsigned state = 1;
    for (unsigned round = 0; round < 200; round++) {
        struct npy array = {(enum npy_type)(round % 4), round / 4 % 6, {0},
                            NULL}, back;
        struct error err;
        for (size_t i = 0; i < array.rank; i++)
            array.shape[i] = scratch_random(&state) % 20 > 0
                ? 1 + scratch_random(&state) % 6 : 0;
        size_t bytes = npy_size(&array) * sizes[array.type];
        uint8_t *data = checked_alloc(bytes, 1);
        for (size_t i = 0; i < bytes; i++)
            data[i] = (uint8_t)scratch_random(&state);
        array.data = data;
        cr_assert(npy_write("a.npy", &array, &err), "%s", err.text);
        cr_assert(npy_read("a.npy", &back, &err), "%s", err.text);
        cr_assert(back.type == array.type && back.rank == array.rank);
        cr_assert(memcmp(back.shape, array.shape, sizeof back.shape) == 0);
        cr_assert(memcmp(back.data, data, bytes) == 0);
        npy_free(&array);
        npy_free(&back);
    }
}

/* The bytes that NumPy 1.24 writes for numpy.arange(3, dtype='f4'). */
Test(npy, a_file_is_what_numpy_writes) {
    float data[] = {0, 1, 2};
    struct error err;
    cr_assert(npy_write("a.npy", &(struct npy){NPY_F4, 1, {3}, data}, &err));
    size_t count;
    char *file = scratch_read("a.npy", &count);
    cr_assert_eq(count, 128 + sizeof data);
    cr_assert(memcmp(file, "\x93NUMPY\x01\0v\0{'descr': '<f4', "
                     "'fortran_order': False, 'shape': (3,), }  ", 69) == 0);
    cr_assert(file[127] == '\n' && file[126] == ' ');
    cr_assert(memcmp(file + 128, data, sizeof data) == 0);
    free(file);
}

Test(npy, dictionaries_of_other_writers_are_read) {
    static const char *const dictionaries[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n",
        "{\"shape\": (2, 3), \"descr\": \"<f4\", \"fortran_order\": False}",
        "{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
        " { 'shape' :(2L , 3L ) , 'fortran_order' :False , 'descr':'<f4', }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }"};
    for (size_t i = 0; i < 5; i++) {
        struct npy array;
        struct error err;
        write_with(dictionaries[i], 24);
        cr_assert(npy_read("a.npy", &array, &err), "%s: %s",
                  dictionaries[i], err.text);
        cr_assert(array.rank == 2 && array.shape[0] == 2
                  && array.shape[1] == 3 && array.type == NPY_F4);
        npy_free(&array);
    }
}

Test(npy, what_we_do_not_read_is_named) {
    static const char *const cases[][2] = {
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}",
         "is in Fortran's order"},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3)}",
         "holds a type other than"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}",
         "none of NumPy's"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4)}",
         "shape [2, 4] of <f4 does not make the file's 24 bytes"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}",
         "none of NumPy's"},
        {"{'descr': '<f4', 'fortran_order': False}", "none of NumPy's"},
        {"{'descr': '<f4', 'shape': (6,)}", "none of NumPy's"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': "
         "(4294967296, 4294967296, 4294967296)}", "does not make"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': "
         "(99999999999999999999,)}", "none of NumPy's"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': "
         "(1,1,1,1,1,1,1,1,6)}", "none of NumPy's"},
        {"{'descr': 'a very long type indeed', 'shape': (6,)}",
         "none of NumPy's"},
        {"", "none of NumPy's"}, {"{", "none of NumPy's"},
        {"{'", "none of NumPy's"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_with(cases[i][0], 24);
        assert_refused(cases[i][1]);
    }
    scratch_write("a.npy", "PK\3\4 an npz file", 16);
    assert_refused("is no .npy file");
    scratch_write("a.npy", "\x93NUMPY\2\0\0\0\0\0", 12);
    assert_refused("is of version 2");
}

/* Catches a read past the end of a header that lies or breaks off. */
Test(npy, a_file_cut_anywhere_or_with_any_byte_changed_never_crashes) {
    double data[] = {1, 2, 3, 4};
    struct error err;
    struct npy array = {NPY_F8, 2, {2, 2}, data}, back;
    cr_assert(npy_write("a.npy", &array, &err));
    size_t count;
    char *file = scratch_read("a.npy", &count);
    for (size_t cut = 0; cut < count; cut++) {
        scratch_write("b.npy", file, cut);
        cr_assert(!npy_read("b.npy", &back, &err));
        assert_one_line(&err);
    }
    unsigned state = 1;
    for (int round = 0; round < 4000; round++) {
        size_t at = (size_t)round % 128;
        char old = file[at];
        file[at] = (char)scratch_random(&state);
        scratch_write("b.npy", file, count);
        if (npy_read("b.npy", &back, &err)) npy_free(&back);
        else assert_one_line(&err);
        file[at] = old;
    }
    free(file);
}
