#include "00-foundations/hardness.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "00-foundations/digits.h"

static uint32_t plain_search(const struct dataset *train, const uint8_t *x) {
    uint32_t nearest = 0;
    long least = -1;
    for (size_t i = 0; i < train->count; i++) {
        long sum = 0;
        for (size_t j = 0; j < 784; j++) {
            long d = (long)x[j] - (long)train->pixels[784 * i + j];
            sum += d * d;
        }
        if (least < 0 || sum < least) {
            least = sum;
            nearest = (uint32_t)i;
        }
    }
    return nearest;
}

/* More than two blocks of both, the last ones not full. */
Test(hardness, nearest_neighbours_are_those_of_a_plain_search) {
    struct engine *engine = engine_new(2, NULL);
    struct dataset train, test;
    digits_draw(5, 0, 2300, engine_pool(engine), &train);
    digits_draw(5, 2000, 1100, engine_pool(engine), &test);
    uint32_t *nearest = checked_alloc(test.count, sizeof *nearest);
    hardness_nearest(engine, &train, &test, nearest);
    for (uint32_t i = 0; i < 300; i++)      /* these are in both sets */
        cr_assert_eq(nearest[i], 2000 + i);
    for (size_t i = 300; i < test.count; i += 7)
        cr_assert_eq(nearest[i],
                     plain_search(&train, test.pixels + 784 * i));
    free(nearest);
    dataset_free(&train);
    dataset_free(&test);
    engine_free(engine);
}

Test(hardness, images_too_bright_for_exact_sums_are_refused,
     .signal = SIGABRT) {
    struct dataset d;
    digits_draw(5, 0, 2, NULL, &d);
    for (size_t i = 0; i < 784; i++)
        d.pixels[784 + i] = 255;
    uint32_t nearest[2];
    hardness_nearest(engine_new(1, NULL), &d, &d, nearest);
}

/* Label c lights pixel c and a pixel of noise: planes part the labels. */
Test(hardness, planes_part_what_planes_can_part) {
    struct engine *engine = engine_new(1, NULL);
    struct dataset d;
    digits_draw(5, 0, 1000, NULL, &d);
    for (size_t i = 0; i < 784 * d.count; i++)
        d.pixels[i] = 0;
    for (size_t i = 0; i < d.count; i++) {
        d.pixels[784 * i + d.labels[i]] = 200;
        d.pixels[784 * i + 100 + i % 300] = 255;
    }
    double accuracy = 0;
    struct error err = {""};
    cr_assert(hardness_linear(engine, &d, &d, 10, &accuracy, &err), "%s",
              err.text);
    cr_assert_eq(accuracy, 1);
    dataset_free(&d);
    engine_free(engine);
}
