#include "00-foundations/data.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "workshop/idx.h"

static char folder[64];

static void make_folder(void) {
    strcpy(folder, "/tmp/dataXXXXXX");
    cr_assert_not_null(mkdtemp(folder));
}

static void remove_folder(void) {
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(data, .init = make_folder, .fini = remove_folder);

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_images(const char *name, size_t n, size_t h, size_t w) {
    struct idx idx = {3, {n, h, w}, malloc(n * h * w + 1)};
    struct error err;
    for (size_t i = 0; i < n * h * w; i++)
        idx.data[i] = (uint8_t)(i * 31);
    cr_assert(idx_write(in_folder(name), &idx, &err), "%s", err.text);
    free(idx.data);
}

static void write_labels(const char *name, size_t n) {
    struct idx idx = {1, {n, 1, 1}, malloc(n + 1)};
    struct error err;
    for (size_t i = 0; i < n; i++)
        idx.data[i] = (uint8_t)(i % 10);
    cr_assert(idx_write(in_folder(name), &idx, &err), "%s", err.text);
    free(idx.data);
}

Test(data, a_file_of_any_size_is_cut_into_nine_tenths_and_one) {
    struct dataset train, test;
    struct error err;
    write_images("x", 57, 3, 11);
    cr_assert(data_load(in_folder("x"), NULL, &train, &test, &err), "%s",
              err.text);
    cr_assert(train.count == 52 && test.count == 5);
    cr_assert(train.height == 3 && test.width == 11);
    cr_assert_null(train.labels);
    cr_assert_eq(train.pixels[4], 4 * 31);
    cr_assert_eq(test.pixels[0], (uint8_t)(52 * 33 * 31));
    dataset_free(&train);
    dataset_free(&test);
    cr_assert_null(train.pixels);
}

Test(data, a_folder_of_four_files_is_two_sets_with_labels) {
    struct dataset train, test;
    struct error err;
    write_images("train-images-idx3-ubyte", 20, 5, 4);
    write_labels("train-labels-idx1-ubyte", 20);
    write_images("t10k-images-idx3-ubyte", 6, 5, 4);
    write_labels("t10k-labels-idx1-ubyte", 6);
    cr_assert(data_load(folder, NULL, &train, &test, &err), "%s", err.text);
    cr_assert(train.count == 20 && test.count == 6);
    cr_assert_eq(train.labels[13], 3);
    dataset_free(&train);
    dataset_free(&test);
}

static void expect_error(const char *what, const char *word) {
    struct dataset train, test;
    struct error err = {""};
    cr_assert(!data_load(what, NULL, &train, &test, &err));
    cr_assert(strstr(err.text, word), "\"%s\" does not say \"%s\"",
              err.text, word);
    cr_assert_null(strchr(err.text, '\n'));
    cr_assert(train.pixels == NULL && test.pixels == NULL);
    dataset_free(&train);
    dataset_free(&test);
}

Test(data, mistakes_are_answered_by_a_line) {
    expect_error(in_folder("nothing"), "nothing");
    write_images("few", 9, 2, 2);
    expect_error(in_folder("few"), "9 images");
    write_images("none", 12, 0, 4);
    expect_error(in_folder("none"), "none");
    write_labels("labels", 12);
    expect_error(in_folder("labels"), "labels");
    write_images("train-images-idx3-ubyte", 20, 5, 4);
    write_labels("train-labels-idx1-ubyte", 19);
    expect_error(folder, "19 labels for 20 images");
    write_labels("train-labels-idx1-ubyte", 20);
    expect_error(folder, "t10k-images-idx3-ubyte");
    write_images("t10k-images-idx3-ubyte", 6, 4, 5);
    write_labels("t10k-labels-idx1-ubyte", 6);
    expect_error(folder, "differ in size");
}

Test(data, a_missing_mnist_names_the_command_that_fetches_it) {
    cr_assert_eq(chdir(folder), 0);
    expect_error("mnist", "make mnist");
}

Test(data, a_batch_is_the_bytes_over_255_in_the_order_asked) {
    struct dataset train, test;
    struct error err;
    write_images("x", 57, 3, 11);
    cr_assert(data_load(in_folder("x"), NULL, &train, &test, &err));
    const uint32_t order[3] = {51, 0, 7};
    real x[3 * 33];
    data_batch(NULL, &train, order, 3, x, NULL);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 33; j++)
            cr_assert_eq(x[33 * i + j],
                         (real)train.pixels[33 * order[i] + j] / 255);
    data_batch(NULL, &train, NULL, 2, x, NULL);
    cr_assert_eq(x[34], (real)train.pixels[34] / 255);
    dataset_free(&train);
    dataset_free(&test);
}

/* An image that no thread takes, or that is written beyond the batch. */
Test(data, threads_share_a_batch_of_any_size) {
    enum { MOST = 40, PIXELS = 33 };
    struct dataset train, test;
    struct error err;
    struct pool *pool = pool_new(3);
    write_images("x", 57, 3, 11);
    cr_assert(data_load(in_folder("x"), NULL, &train, &test, &err));
    uint32_t order[MOST];
    for (uint32_t i = 0; i < MOST; i++)
        order[i] = i * 13 % 50;
    for (size_t count = 0; count <= MOST; count++) {
        real x[(MOST + 1) * PIXELS], y[(MOST + 1) * PIXELS];
        for (size_t i = 0; i < (MOST + 1) * PIXELS; i++)
            x[i] = y[i] = 2;
        data_batch(NULL, &train, order, count, x, NULL);
        data_batch(pool, &train, order, count, y, NULL);
        cr_assert_arr_eq(x, y, sizeof x);
        cr_assert(count == 0 || x[count * PIXELS - 1] <= 1);
        cr_assert_eq(y[count * PIXELS], 2);
    }
    pool_free(pool);
    dataset_free(&train);
    dataset_free(&test);
}
