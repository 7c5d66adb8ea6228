#include "workshop/png.h"

#include "workshop/scratch.h"

TestSuite(png, .init = scratch_begin, .fini = scratch_end);

/* The check values of the two algorithms' own documents. */
Test(png, checksums_agree_with_published_values) {
    cr_assert_eq(png_crc32(0, "123456789", 9), 0xcbf43926);
    cr_assert_eq(png_crc32(png_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    cr_assert_eq(png_crc32(0, "IEND", 4), 0xae426082);
    cr_assert_eq(png_adler32(1, "Wikipedia", 9), 0x11e60398);
    cr_assert_eq(png_adler32(png_adler32(1, "Wiki", 4), "pedia", 5),
                 0x11e60398);
}

/* An inflater of its own, for fixed codes alone, with the tables of
   RFC 1951, section 3.2.5, where the writer has arithmetic. */
struct stream { const uint8_t *bytes; size_t bit, bits; };

static unsigned take_bits(struct stream *in, unsigned count) {
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++, in->bit++) {
        cr_assert(in->bit < in->bits, "the stream ends too early");
        value |= ((unsigned)in->bytes[in->bit / 8] >> in->bit % 8 & 1) << i;
    }
    return value;
}

static unsigned take_code(struct stream *in, unsigned count) {
    unsigned code = 0;
    for (; count > 0; count--) code = code << 1 | take_bits(in, 1);
    return code;
}

static unsigned take_symbol(struct stream *in) {
    unsigned code = take_code(in, 7);
    if (code < 0x18) return 256 + code;
    code = code << 1 | take_bits(in, 1);
    if (code < 0xc0) return code - 0x30;
    if (code < 0xc8) return 280 + code - 0xc0;
    code = code << 1 | take_bits(in, 1);
    return 144 + code - 0x190;
}

static size_t inflate(struct stream *in, uint8_t *out, size_t room) {
    static const unsigned short length[] = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51,
        59, 67, 83, 99, 115, 131, 163, 195, 227, 258},
        length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3,
        3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0},
        distance[] = {1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
        12289, 16385, 24577};
    cr_assert(take_bits(in, 3) == 3);
    for (size_t at = 0;;) {
        unsigned symbol = take_symbol(in);
        if (symbol == 256) return at;
        if (symbol < 256) {
            cr_assert(at < room);
            out[at++] = (uint8_t)symbol;
            continue;
        }
        cr_assert(symbol < 286);
        size_t n = length[symbol - 257]
                 + take_bits(in, length_bits[symbol - 257]);
        cr_assert(n < 258 || symbol == 285, "258 has a symbol of its own");
        unsigned code = take_code(in, 5);
        cr_assert(code < 30);
        size_t d = distance[code]
                 + take_bits(in, code < 4 ? 0 : code / 2 - 1);
        cr_assert(d <= at && at + n <= room);
        for (; n > 0; n--, at++) out[at] = out[at - d];
    }
}

static unsigned word_at(const char *bytes) {
    const uint8_t *b = (const uint8_t *)bytes;
    return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8
         | b[3];
}

/* reads a file as a viewer would; the pixels are to be given to free() */
static uint8_t *decode(const char *path, size_t *height, size_t *width,
                       size_t *bytes) {
    static const char *const types[] = {"IHDR", "IDAT", "IEND"};
    char *file = scratch_read(path, bytes);
    cr_assert(memcmp(file, "\x89PNG\r\n\x1a\n", 8) == 0);
    uint8_t *raw = NULL;
    size_t at = 8;
    for (int i = 0; i < 3; i++) {
        size_t count = word_at(file + at);
        const char *data = file + at + 8;
        cr_assert(memcmp(file + at + 4, types[i], 4) == 0);
        cr_assert_eq(word_at(data + count),
                     png_crc32(0, file + at + 4, count + 4));
        if (i == 0) {
            cr_assert(count == 13 && memcmp(data + 8, "\x08\0\0\0\0", 5)
                                     == 0);
            *width = word_at(data);
            *height = word_at(data + 4);
        } else if (i == 1) {
            size_t room = *height * (*width + 1);
            raw = checked_alloc(room, 1);
            cr_assert(word_at(data) >> 16 == 0x7801);
            struct stream in = {(const uint8_t *)data + 2, 0,
                                8 * (count - 6)};
            cr_assert_eq(inflate(&in, raw, room), room);
            cr_assert(in.bits - in.bit < 8, "bytes are left");
            cr_assert_eq(word_at(data + count - 4),
                         png_adler32(1, raw, room));
            for (size_t y = 0; y < *height; y++) {
                cr_assert(raw[y * (*width + 1)] == 0);
                memmove(raw + y * *width, raw + y * (*width + 1) + 1,
                        *width);
            }
        }
        at += 12 + count;
    }
    cr_assert_eq(at, *bytes);
    free(file);
    return raw;
}

/* Catches a code of a literal, a length or a distance that is off by one:
   the pictures have all bytes, runs of all lengths, and rows of all widths
   up to beyond the format's window. */
Test(png, any_picture_is_decoded_to_the_same_pixels) {
    static const size_t sizes[][2] = {{1, 1}, {1, 700}, {700, 1}, {64, 64},
        {3, 32767}, {3, 32768}, {2, 40000}, {9, 2}, {9, 4}, {31, 1024},
        {17, 129}, {5, 6144}, {5, 20000}, {100, 257}};
    unsigned state = 3;
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        size_t h = sizes[i / 2][0], w = sizes[i / 2][1], n = h * w;
        uint8_t *gray = checked_alloc(n, 1);
        for (size_t at = 0; at < n;) {
            uint8_t value = (uint8_t)scratch_random(&state);
            size_t run = i % 2 == 0 ? 1 + scratch_random(&state) % 300 : 1;
            bool above = at >= w && scratch_random(&state) % 3 == 0;
            if (above) run = 1 + scratch_random(&state) % 400;
            for (; run > 0 && at < n; run--, at++)
                gray[at] = above ? gray[at - w] : value;
        }
        struct error err;
        cr_assert(png_write("a.png", gray, h, w, &err), "%s", err.text);
        size_t height, width, bytes;
        uint8_t *back = decode("a.png", &height, &width, &bytes);
        cr_assert(height == h && width == w);
        cr_assert(memcmp(gray, back, n) == 0, "%zu by %zu differs", h, w);
        free(gray);
        free(back);
    }
}

/* Catches an image in another's cell, and a zoom that shears. */
Test(png, a_grid_shows_each_image_in_its_cell) {
    enum { N = 7, H = 5, W = 4, COLUMNS = 3, ZOOM = 2 };
    uint8_t images[N * H * W];
    for (int i = 0; i < N * H * W; i++) images[i] = (uint8_t)(i + 1);
    struct error err;
    cr_assert(png_write_grid("g.png", images, N, H, W, COLUMNS, ZOOM, &err));
    size_t height, width, bytes;
    uint8_t *gray = decode("g.png", &height, &width, &bytes);
    cr_assert(height == 3 * 12 - 2 && width == 3 * 10 - 2);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            size_t image = y / 12 * 3 + x / 10;
            bool ground = y % 12 >= 10 || x % 10 >= 8 || image >= N;
            size_t pixel = (image * H + y % 12 / 2) * W + x % 10 / 2;
            cr_assert_eq(gray[y * width + x], ground ? 128 : images[pixel],
                         "at %zu, %zu", y, x);
        }
    free(gray);
}

/* Catches compression that does not compress what grids are made of. */
Test(png, a_zoomed_picture_costs_little) {
    enum { SIDE = 280 };
    uint8_t *gray = checked_alloc(SIDE, SIDE);
    unsigned state = 4;
    for (size_t y = 0; y < SIDE; y += 2)
        for (size_t x = 0; x < SIDE; x += 2) {
            bool ink = x / 2 % 28 > 8 && x / 2 % 28 < 19;
            gray[y * SIDE + x] = gray[y * SIDE + x + 1] =
                ink ? (uint8_t)scratch_random(&state) : 0;
            if (x == SIDE - 2)
                memcpy(gray + (y + 1) * SIDE, gray + y * SIDE, SIDE);
        }
    struct error err;
    cr_assert(png_write("a.png", gray, SIDE, SIDE, &err));
    size_t bytes;
    free(scratch_read("a.png", &bytes));
    cr_assert(bytes < SIDE * SIDE / 4, "%zu bytes", bytes);
    free(gray);
}

Test(png, a_folder_that_cannot_be_written_is_an_error) {
    struct error err;
    uint8_t pixel = 0;
    cr_assert(!png_write("none/a.png", &pixel, 1, 1, &err));
    assert_one_line(&err);
}
