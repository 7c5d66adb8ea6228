/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/png.h"

#include <stdlib.h>
#include <string.h>
#include "workshop/atomic.h"

/* compute the checksums */
uint32_t png_crc32(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    crc = ~crc;
    for (size_t i = 0; i < count; i++) {
        crc ^= byte[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

uint32_t png_adler32(uint32_t adler, const void *bytes, size_t count) {
    const uint8_t *byte = bytes;
    uint32_t a = adler & 0xffff, b = adler >> 16;
    for (size_t i = 0; i < count; i++) {
        a = (a + byte[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* compress by runs and by the row above */
/* write bits */
struct bits {
    uint8_t *bytes;
    size_t count;
    uint32_t pending;
    unsigned pending_bits;
};

static void put_bits(struct bits *out, uint32_t value, unsigned count) {
    out->pending |= value << out->pending_bits;
    out->pending_bits += count;
    for (; out->pending_bits >= 8; out->pending_bits -= 8) {
        out->bytes[out->count++] = (uint8_t)out->pending;
        out->pending >>= 8;
    }
}

/* write a literal */
static void put_code(struct bits *out, uint32_t code, unsigned count) {
    while (count-- > 0) put_bits(out, code >> count & 1, 1);
}

static void put_symbol(struct bits *out, uint32_t symbol) {
    if (symbol < 144) put_code(out, 0x30 + symbol, 8);
    else if (symbol < 256) put_code(out, 0x190 + symbol - 144, 9);
    else if (symbol < 280) put_code(out, symbol - 256, 7);
    else put_code(out, 0xc0 + symbol - 280, 8);
}

/* write a match */
static unsigned log2_floor(size_t n) {
    unsigned log = 0;
    while (n >>= 1) log++;
    return log;
}

static void put_match(struct bits *out, size_t length, size_t distance) {
    uint32_t n = (uint32_t)length - 3, d = (uint32_t)distance - 1;
    unsigned extra = n < 8 ? 0 : log2_floor(n) - 2;
    if (length == 258) put_symbol(out, 285);
    else {
        put_symbol(out, 257 + 4 * extra + (n >> extra));
        put_bits(out, n & ((1u << extra) - 1), extra);
    }
    extra = d < 4 ? 0 : log2_floor(d) - 1;
    put_code(out, 2 * extra + (d >> extra), 5);
    put_bits(out, d & ((1u << extra) - 1), extra);
}


static size_t match_length(const uint8_t *bytes, size_t at, size_t count,
                           size_t distance) {
    size_t length = 0;
    if (distance > at) return 0;
    while (length < 258 && at + length < count
           && bytes[at + length] == bytes[at + length - distance])
        length++;
    return length;
}

/* compress all bytes */
static void deflate(struct bits *out, const uint8_t *bytes, size_t count,
                    size_t row) {
    put_bits(out, 3, 3);            /* the last block, fixed codes */
    for (size_t at = 0; at < count;) {
        size_t run = match_length(bytes, at, count, 1), above = 0;
        if (row <= 32768) above = match_length(bytes, at, count, row);
        size_t length = run >= above ? run : above;
        if (length < 3) put_symbol(out, bytes[at++]);
        else {
            put_match(out, length, run >= above ? 1 : row);
            at += length;
        }
    }
    put_symbol(out, 256);           /* the end */
    put_bits(out, 0, 7);
}

/* write the chunks of a picture */
static void put_word(uint8_t *at, uint32_t word) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void write_chunk(FILE *out, const char *type, const uint8_t *data,
                        size_t count) {
    uint8_t word[4];
    put_word(word, (uint32_t)count);
    fwrite(word, 1, 4, out);
    fwrite(type, 1, 4, out);
    fwrite(data, 1, count, out);
    put_word(word, png_crc32(png_crc32(0, type, 4), data, count));
    fwrite(word, 1, 4, out);
}

/* compress rows of pixels */
/* the zlib stream of a picture, to be given to free() */
static uint8_t *compress(const uint8_t *gray, size_t height, size_t width,
                         size_t *count) {
    size_t row = width + 1, raw_count = height * row;
    uint8_t *raw = checked_alloc(height, row);
    for (size_t i = 0; i < height; i++)
        memcpy(raw + i * row + 1, gray + i * width, width);
    struct bits out = {
        .bytes = checked_alloc(raw_count + raw_count / 8 + 64, 1)};
    out.bytes[out.count++] = 0x78;
    out.bytes[out.count++] = 0x01;
    deflate(&out, raw, raw_count, row);
    put_word(out.bytes + out.count, png_adler32(1, raw, raw_count));
    *count = out.count + 4;
    free(raw);
    return out.bytes;
}
/* write a picture */
bool png_write(const char *path, const uint8_t *gray, size_t height,
               size_t width, struct error *err) {
    if (height < 1 || width < 1 || height > 1 << 24 || width > 1 << 24)
        die("png_write: a picture of %zu by %zu", height, width);
    struct atomic_file *file = atomic_open(path, err);
    if (file == NULL) return false;
    FILE *out = atomic_stream(file);
    uint8_t header[13] = {[8] = 8};     /* bits a pixel; grey; no options */
    put_word(header, (uint32_t)width);
    put_word(header + 4, (uint32_t)height);
    size_t count;
    uint8_t *data = compress(gray, height, width, &count);
    fwrite("\x89PNG\r\n\x1a\n", 1, 8, out);
    write_chunk(out, "IHDR", header, sizeof header);
    write_chunk(out, "IDAT", data, count);
    write_chunk(out, "IEND", data, 0);
    free(data);
    return atomic_commit(file, err);
}

/* lay images out in a grid */
bool png_write_grid(const char *path, const uint8_t *images, size_t count,
                    size_t height, size_t width, size_t columns,
                    size_t zoom, struct error *err) {
    enum { GAP = 2, GROUND = 128 };
    if (count < 1 || columns < 1 || zoom < 1)
        die("png_write_grid: %zu images in %zu columns", count, columns);
    size_t down = (count + columns - 1) / columns;
    size_t cell_h = height * zoom + GAP, cell_w = width * zoom + GAP;
    size_t h = down * cell_h - GAP, w = columns * cell_w - GAP;
    uint8_t *gray = checked_alloc(h, w);
    memset(gray, GROUND, h * w);
    for (size_t i = 0; i < count; i++) {
        uint8_t *corner = gray + i / columns * cell_h * w
                        + i % columns * cell_w;
        const uint8_t *image = images + i * height * width;
        for (size_t y = 0; y < height * zoom; y++)
            for (size_t x = 0; x < width * zoom; x++)
                corner[y * w + x] = image[y / zoom * width + x / zoom];
    }
    bool good = png_write(path, gray, h, w, err);
    free(gray);
    return good;
}
