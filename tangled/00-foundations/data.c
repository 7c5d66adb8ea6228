/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "00-foundations/digits.h"
#include "workshop/idx.h"



/* free a data set */
void dataset_free(struct dataset *data) {
    free(data->pixels);
    free(data->labels);
    free(data->factors);
    *data = (struct dataset){0};
}
/* read images and labels */
static bool read_images(const char *path, struct dataset *data,
                        struct error *err) {
    struct idx idx;
    if (!idx_read(path, 3, &idx, err))
        return false;
    data->pixels = idx.data;
    data->count = idx.shape[0];
    data->height = idx.shape[1];
    data->width = idx.shape[2];
    if (data->count == 0 || data->height == 0 || data->width == 0)
        return error_set(err, "%s: has no images", path);
    return true;
}

static bool read_labels(const char *path, struct dataset *data,
                        struct error *err) {
    struct idx idx;
    if (!idx_read(path, 1, &idx, err))
        return false;
    data->labels = idx.data;
    if (idx.shape[0] != data->count)
        return error_set(err, "%s: %zu labels for %zu images", path,
                         idx.shape[0], data->count);
    return true;
}
/* read a folder of four files */
static bool read_pair(const char *folder, const char *set,
                      struct dataset *data, struct error *err) {
    char images[4096], labels[4096];
    int a = snprintf(images, sizeof images, "%s/%s-images-idx3-ubyte",
                     folder, set);
    int b = snprintf(labels, sizeof labels, "%s/%s-labels-idx1-ubyte",
                     folder, set);
    if (a >= (int)sizeof images || b >= (int)sizeof labels)
        return error_set(err, "the path of the data is too long");
    return read_images(images, data, err) && read_labels(labels, data, err);
}

static bool read_folder(const char *folder, struct dataset *train,
                        struct dataset *test, struct error *err) {
    if (read_pair(folder, "train", train, err) &&
        read_pair(folder, "t10k", test, err)) {
        if (test->height == train->height && test->width == train->width)
            return true;
        error_set(err, "%s: training and test images differ in size",
                  folder);
    }
    /* advise to fetch MNIST when it is not there */
    struct stat status;
    if (strcmp(folder, "data/mnist") == 0 && stat(folder, &status) != 0)
        error_set(err, "data/mnist: not there; `make mnist` fetches it");
    dataset_free(train);
    dataset_free(test);
    return false;
}
/* read one file and split it */
static bool read_one_file(const char *path, struct dataset *train,
                          struct dataset *test, struct error *err) {
    bool ok = read_images(path, train, err);
    if (ok && train->count < 10)
        ok = error_set(err, "%s: %zu images, at least 10 are needed", path,
                       train->count);
    if (!ok) {
        dataset_free(train);
        return false;
    }
    size_t image = train->height * train->width;
    *test = *train;
    test->count = train->count / 10;
    train->count -= test->count;
    test->pixels = checked_alloc(test->count, image);
    memcpy(test->pixels, train->pixels + train->count * image,
           test->count * image);
    return true;
}
/* load what the word says */
bool data_load(const char *what, struct pool *pool, struct dataset *train,
               struct dataset *test, struct error *err) {
    struct stat status;
    *train = *test = (struct dataset){0};
    if (strcmp(what, "digits") == 0) {
        digits_draw(DIGITS_SEED, 0, DIGITS_TRAIN, pool, train);
        digits_draw(DIGITS_SEED, DIGITS_TRAIN, DIGITS_TEST, pool, test);
        return true;
    }
    if (strcmp(what, "mnist") == 0)
        return read_folder("data/mnist", train, test, err);
    if (stat(what, &status) == 0 && S_ISDIR(status.st_mode))
        return read_folder(what, train, test, err);
    return read_one_file(what, train, test, err);
}
/* ask for an image */
enum { CACHE_LINE = 64 };

static void ask_for(const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i += CACHE_LINE)
        __builtin_prefetch(bytes + i);
}
/* describe a batch to be made */
enum { AT_ONCE = 16 };              /* images */

struct batch_work {
    const struct dataset *data;
    const uint32_t *order;
    size_t count;
    real *x;
    uint8_t *labels;
};
/* make a batch */
static void take_images(void *context, size_t item, size_t thread) {
    const struct batch_work *w = context;
    const struct dataset *data = w->data;
    const size_t image = data->height * data->width;
    const size_t last = (item + 1) * AT_ONCE;
    (void)thread;
    for (size_t i = item * AT_ONCE; i < w->count && i < last; i++) {
        const size_t from = w->order == NULL ? i : w->order[i];
        const uint8_t *bytes = data->pixels + from * image;
        real *x = w->x + i * image;
        if (w->order != NULL && i + 2 < w->count)
            ask_for(data->pixels + w->order[i + 2] * image, image);
        for (size_t j = 0; j < image; j++)
            x[j] = (real)bytes[j] / 255;
        if (w->labels != NULL && data->labels != NULL)
            w->labels[i] = data->labels[from];
    }
}
/* share out a batch */
void data_batch(struct pool *pool, const struct dataset *data,
                const uint32_t *order, size_t count, real *x,
                uint8_t *labels) {
    struct batch_work w = {data, order, count, x, labels};
    pool_for(pool, (count + AT_ONCE - 1) / AT_ONCE, take_images, &w);
}
