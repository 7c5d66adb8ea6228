/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/idx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "workshop/atomic.h"
#include "workshop/file.h"

enum { BYTES_TYPE = 0x08 };

/* answer a compressed file with the command */
static bool refuse_compressed(const char *path, const char *packed,
                              struct error *err) {
    const char *safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+"
                       "abcdefghijklmnopqrstuvwxyz";
    const char *q = packed[strspn(packed, safe)] == '\0' ? "" : "'";
    size_t length = strlen(packed);
    if (length > 3 && strcmp(packed + length - 3, ".gz") == 0)
        return error_set(err, "%s: is compressed; unpack it with: "
                         "gunzip %s%s%s", path, q, packed, q);
    return error_set(err, "%s: is compressed; unpack it with: "
                     "gunzip < %s%s%s > %s%s.idx%s", path, q, packed, q,
                     q, packed, q);
}

/* look for a compressed file beside it */
static bool only_compressed(const char *path, struct error *err) {
    char packed[512];
    snprintf(packed, sizeof packed, "%s.gz", path);
    if (access(path, F_OK) == 0 || access(packed, F_OK) != 0) return false;
    refuse_compressed(path, packed, err);
    return true;
}


/* judge the magic number */
static bool judge_magic(const char *path, const uint8_t magic[4],
                        size_t rank, struct error *err) {
    const char *wanted = rank == 3 ? "images (3 dimensions)"
                                   : "labels (1 dimension)";
    if (magic[0] == 0x1f && magic[1] == 0x8b)
        return refuse_compressed(path, path, err);
    if (magic[0] != 0 || magic[1] != 0)
        return error_set(err, "%s: is no IDX file: it begins with "
                         "%02x %02x %02x %02x", path, magic[0], magic[1],
                         magic[2], magic[3]);
    if (magic[2] != BYTES_TYPE)
        return error_set(err, "%s: holds elements of type 0x%02x, where "
                         "bytes (0x08) are needed", path, magic[2]);
    if (magic[3] != rank)
        return error_set(err, "%s: holds data of %d dimension%s, where %s "
                         "are needed", path, magic[3],
                         magic[3] == 1 ? "" : "s", wanted);
    return true;
}

/* judge the dimensions */
static bool judge_shape(const char *path, const uint8_t *words,
                        size_t bytes, struct idx *idx, struct error *err) {
    char text[SHAPE_TEXT];
    size_t header = 4 + 4 * idx->rank, size;
    for (size_t i = 0; i < idx->rank; i++, words += 4)
        idx->shape[i] = (size_t)words[0] << 24 | (size_t)words[1] << 16
                      | (size_t)words[2] << 8 | (size_t)words[3];
    shape_text(text, idx->rank, idx->shape);
    if (!shape_product(idx->rank, idx->shape, 1, &size)
        || size > SIZE_MAX - header)
        return error_set(err, "%s: has an absurd shape, %s", path, text);
    if (size == 0)
        return error_set(err, "%s: is empty: its shape is %s", path, text);
    if (bytes != header + size)
        return error_set(err, "%s: is too %s: shape %s makes %zu bytes, "
                         "the file has %zu", path,
                         bytes < header + size ? "short" : "long", text,
                         header + size, bytes);
    return true;
}

/* read an IDX file */
bool idx_read(const char *path, size_t rank, struct idx *idx,
              struct error *err) {
    if (rank != 1 && rank != 3) die("idx_read: rank %zu", rank);
    struct idx found = {.rank = rank, .shape = {1, 1, 1}};
    *idx = (struct idx){0};
    size_t bytes = 0, header = 4 + 4 * rank;
    uint8_t head[16] = {0};
    if (only_compressed(path, err)) return false;
    FILE *in = file_open(path, &bytes, err);
    if (in == NULL) return false;
    size_t there = bytes < header ? bytes : header;
    bool good = file_read(in, path, head, there, err)
        && judge_magic(path, head, rank, err);
    if (good && there < header)
        good = error_set(err, "%s: ends inside its header", path);
    good = good && judge_shape(path, head + 4, bytes, &found, err)
        && (found.data = file_alloc(path, bytes - header, 1, err)) != NULL
        && file_read(in, path, found.data, bytes - header, err);
    fclose(in);
    if (good) *idx = found;
    else free(found.data);
    return good;
}

/* write an IDX file */
bool idx_write(const char *path, const struct idx *idx, struct error *err) {
    struct atomic_file *file = atomic_open(path, err);
    if (file == NULL) return false;
    FILE *out = atomic_stream(file);
    const uint8_t magic[4] = {0, 0, BYTES_TYPE, (uint8_t)idx->rank};
    fwrite(magic, 1, sizeof magic, out);
    size_t size = 1;
    for (size_t i = 0; i < idx->rank; i++) {
        size_t n = idx->shape[i];
        if (n > UINT32_MAX) die("idx_write: dimension %zu", n);
        const uint8_t word[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16),
                                 (uint8_t)(n >> 8), (uint8_t)n};
        fwrite(word, 1, sizeof word, out);
        size *= n;
    }
    fwrite(idx->data, 1, size, out);
    return atomic_commit(file, err);
}

void idx_free(struct idx *idx) {
    free(idx->data);
    *idx = (struct idx){0};
}
