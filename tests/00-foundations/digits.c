#include "00-foundations/digits.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <string.h>

enum { PIXELS = 28 * 28 };

static uint64_t fnv1a(uint64_t hash, const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 1099511628211u;
    return hash;
}

static void assert_same(const struct dataset *a, size_t at,
                        const struct dataset *b) {
    cr_assert(memcmp(a->pixels + at * PIXELS, b->pixels,
                     b->count * PIXELS) == 0);
    cr_assert(memcmp(a->labels + at, b->labels, b->count) == 0);
    cr_assert(memcmp(a->factors + at * DIGITS_FACTORS, b->factors,
                     b->count * DIGITS_FACTORS * sizeof(real)) == 0);
}

Test(digits, any_thread_and_any_range_draws_the_same_bytes) {
    struct dataset all, part;
    digits_draw(3, 0, 1050, NULL, &all);
    for (size_t threads = 1; threads <= 3; threads++) {
        struct pool *pool = pool_new(threads);
        digits_draw(3, 0, 1050, pool, &part);
        assert_same(&all, 0, &part);
        dataset_free(&part);
        pool_free(pool);
    }
    static const size_t cut[] = {0, 1, 2, 99, 101, 640, 1049, 1050};
    for (size_t i = 0; i + 1 < sizeof cut / sizeof cut[0]; i++) {
        digits_draw(3, cut[i], cut[i + 1] - cut[i], NULL, &part);
        assert_same(&all, cut[i], &part);
        dataset_free(&part);
    }
    dataset_free(&all);
}

/* Golden: what this program drew when the book was made. It says that this
   machine and build draw what the others do, not that they draw well. */
Test(digits, first_thousand_are_those_of_every_machine) {
    struct dataset d;
    digits_draw(DIGITS_SEED, 0, 1000, NULL, &d);
    uint64_t hash = fnv1a(14695981039346656037u, d.pixels, 1000 * PIXELS);
    hash = fnv1a(hash, d.labels, 1000);
    dataset_free(&d);
    cr_assert_eq(hash, 0x328fdf6fdffbb28fu, "the checksum is 0x%016llx",
                 (unsigned long long)hash);
}

Test(digits, rendering_what_was_described_draws_the_image) {
    struct dataset d;
    digits_draw(9, 40, 20, NULL, &d);
    for (uint32_t i = 0; i < 20; i++) {
        float factor[DIGITS_FACTORS];
        uint8_t pixels[PIXELS];
        cr_assert_eq(digits_describe(9, 40 + i, factor), d.labels[i]);
        digits_render(9, 40 + i, d.labels[i], factor, pixels);
        cr_assert(memcmp(pixels, d.pixels + i * PIXELS, PIXELS) == 0);
    }
    dataset_free(&d);
}

Test(digits, a_way_that_does_not_exist_is_refused, .signal = SIGABRT) {
    float factor[DIGITS_FACTORS] = {[DIGITS_WAY] = 3};      /* of 0, 1, 2 */
    uint8_t pixels[PIXELS];
    digits_render(9, 0, 1, factor, pixels);
}

Test(digits, another_seed_draws_other_digits) {
    struct dataset a, b;
    digits_draw(1, 0, 10, NULL, &a);
    digits_draw((uint64_t)1 << 40 | 1, 0, 10, NULL, &b);
    cr_assert(memcmp(a.pixels, b.pixels, 10 * PIXELS) != 0);
    dataset_free(&a);
    dataset_free(&b);
}

Test(digits, labels_are_balanced) {
    struct dataset d;
    digits_draw(DIGITS_SEED, 0, DIGITS_TRAIN, NULL, &d);
    double count[10] = {0}, chi = 0;
    for (size_t i = 0; i < d.count; i++)
        count[d.labels[i]]++;
    for (int i = 0; i < 10; i++)
        chi += (count[i] - 6000) * (count[i] - 6000) / 6000;
    dataset_free(&d);
    cr_assert(chi < 27.88, "chi-square of 9 degrees is %g", chi);
}

Test(digits, factors_fill_their_ranges) {
    struct dataset d;
    digits_draw(DIGITS_SEED, 0, 10000, NULL, &d);
    for (size_t f = 0; f < DIGITS_FACTORS; f++) {
        double low = (double)digits_factors[f].low, mean = 0;
        double range = (double)digits_factors[f].high - low, least = 1, most = 0;
        for (size_t i = 0; i < d.count; i++) {
            double v = ((double)d.factors[i * DIGITS_FACTORS + f] - low) / range;
            cr_assert(v >= -1e-6 && v <= 1 + 1e-6, "%s",
                      digits_factors[f].name);
            least = fmin(least, v);
            most = fmax(most, v);
            mean += v / (double)d.count;
        }
        cr_assert(least < 0.05 && most > 0.95, "%s", digits_factors[f].name);
        /* a triangle on [0, 1] has the variance 1/24 */
        if (f != DIGITS_WAY)
            cr_assert_float_eq(mean, 0.5, 5 * sqrt(1.0 / 24 / 10000));
    }
    dataset_free(&d);
}

/* Correlation over a thousand digits of a factor with what is seen. */
static double correlation(const struct dataset *d, enum digits_factor f,
                          double (*see)(const uint8_t *pixels)) {
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0, n = (double)d->count;
    for (size_t i = 0; i < d->count; i++) {
        double a = (double)d->factors[i * DIGITS_FACTORS + f];
        double b = see(d->pixels + i * PIXELS);
        x += a / n, y += b / n;
        xx += a * a / n, yy += b * b / n, xy += a * b / n;
    }
    return (xy - x * y) / sqrt((xx - x * x) * (yy - y * y));
}

static double moment(const uint8_t *pixels, int px, int py) {
    double sum = 0;
    for (int i = 0; i < 28; i++)
        for (int j = 0; j < 28; j++)
            sum += pixels[28 * i + j] * pow(j + 0.5, px) * pow(i + 0.5, py);
    return sum;
}
static double ink(const uint8_t *p) { return moment(p, 0, 0); }
static double middle_x(const uint8_t *p) { return moment(p, 1, 0) / ink(p); }
static double middle_y(const uint8_t *p) { return moment(p, 0, 1) / ink(p); }
static double lean(const uint8_t *p) {     /* falls to the left: slants right */
    return -(moment(p, 1, 1) / ink(p) - middle_x(p) * middle_y(p));
}
static double tall(const uint8_t *p) {
    return moment(p, 0, 2) / ink(p) - middle_y(p) * middle_y(p);
}

Test(digits, factors_are_seen_in_the_images) {
    struct dataset d;
    digits_draw(DIGITS_SEED, 0, 1000, NULL, &d);
    double seen[] = {correlation(&d, DIGITS_THICKNESS, ink),
                     correlation(&d, DIGITS_X, middle_x),
                     correlation(&d, DIGITS_Y, middle_y),
                     correlation(&d, DIGITS_SLANT, lean),
                     correlation(&d, DIGITS_HEIGHT, tall)};
    dataset_free(&d);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++)
        cr_assert(seen[i] > 0.3, "factor seen as %zu: correlation %g", i,
                  seen[i]);
}

Test(digits, ink_lies_in_the_middle_of_the_canvas) {
    struct dataset d;
    digits_draw(DIGITS_SEED, DIGITS_TRAIN, DIGITS_TEST, NULL, &d);
    double all = 0, box = 0, rim = 0;
    for (size_t n = 0; n < d.count; n++) {
        double image = 0;
        for (size_t i = 0; i < 28; i++)
            for (size_t j = 0; j < 28; j++) {
                double v = d.pixels[n * PIXELS + 28 * i + j] / 255.0;
                image += v;
                box += i >= 4 && i < 24 && j >= 4 && j < 24 ? v : 0;
                rim += i == 0 || i == 27 || j == 0 || j == 27 ? v : 0;
            }
        cr_assert(image > 15, "digit %zu has hardly any ink", n);
        all += image;
    }
    double mean = all / (double)(d.count * PIXELS);
    dataset_free(&d);
    cr_assert(mean > 0.10 && mean < 0.16, "mean pixel %g", mean);
    cr_assert(box > 0.95 * all, "%g of the ink in the box", box / all);
    cr_assert(rim < 0.001 * all, "%g of the ink on the rim", rim / all);
}
