/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/npy.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/atomic.h"
#include "workshop/file.h"

static const struct { const char *name; size_t size; } types[] = {
    [NPY_F4] = {"<f4", 4}, [NPY_F8] = {"<f8", 8},
    [NPY_U1] = {"|u1", 1}, [NPY_I8] = {"<i8", 8},
};
enum { TYPES = sizeof types / sizeof types[0] };

/* write an array */
size_t npy_size(const struct npy *array) {
    size_t size;
    if (array->rank > NPY_MAX_RANK
        || !shape_product(array->rank, array->shape, 1, &size))
        die("npy_size: the shape is malformed");
    return size;
}

/* write header and data of an array */
bool npy_write(const char *path, const struct npy *array,
               struct error *err) {
    char shape[SHAPE_TEXT], header[SHAPE_TEXT + 128];
    size_t size = npy_size(array);
    shape_text(shape, array->rank, array->shape);
    shape[0] = '(';
    shape[strlen(shape) - 1] = '\0';
    int text = snprintf(header, sizeof header, "{'descr': '%s', "
                        "'fortran_order': False, 'shape': %s%s), }",
                        types[array->type].name, shape,
                        array->rank == 1 ? "," : "");
    size_t padded = ((size_t)text + 10 + 64) / 64 * 64 - 10;
    const uint8_t start[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0,
                               (uint8_t)padded, (uint8_t)(padded >> 8)};
    struct atomic_file *file = atomic_open(path, err);
    if (file == NULL) return false;
    FILE *out = atomic_stream(file);
    fwrite(start, 1, sizeof start, out);
    fprintf(out, "%-*s\n", (int)padded - 1, header);
    fwrite(array->data, types[array->type].size, size, out);
    return atomic_commit(file, err);
}

/* read the dictionary */
static bool take(const char **at, const char *wanted) {
    while (**at == ' ' || **at == '\n') ++*at;
    size_t length = strlen(wanted);
    if (strncmp(*at, wanted, length) != 0) return false;
    *at += length;
    return true;
}

/* a quoted word of fewer than 16 characters */
static bool take_word(const char **at, char word[16]) {
    char quote[2] = "'";
    if (!take(at, quote)) {
        quote[0] = '"';
        if (!take(at, quote)) return false;
    }
    size_t length = strcspn(*at, quote);
    if (length >= 16 || (*at)[length] == '\0') return false;
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length + 1;
    return true;
}

/* read a tuple */
static bool take_tuple(const char **at, struct npy *array) {
    if (!take(at, "(")) return false;
    for (array->rank = 0; !take(at, ")"); array->rank++) {
        if (array->rank == NPY_MAX_RANK) return false;
        size_t n = 0;
        const char *first = *at;
        for (; **at >= '0' && **at <= '9'; ++*at) {
            size_t digit = (size_t)(**at - '0');
            if (n > (SIZE_MAX - digit) / 10) return false;
            n = n * 10 + digit;
        }
        if (*at == first) return false;
        take(at, "L");
        array->shape[array->rank] = n;
        if (!take(at, ",")) {
            array->rank++;
            return take(at, ")");
        }
    }
    return true;
}

/* read a value by its key */
static bool take_value(const char **at, const char *key, struct npy *array,
                       unsigned *seen, const char **why) {
    char word[16];
    if (strcmp(key, "shape") == 0) {
        *seen |= 1;
        return take_tuple(at, array);
    }
    if (strcmp(key, "fortran_order") == 0) {
        *seen |= 2;
        if (take(at, "True")) *why = "is in Fortran's order, not in C's";
        return take(at, "False");
    }
    if (strcmp(key, "descr") != 0 || !take_word(at, word)) return false;
    *seen |= 4;
    for (size_t i = 0; i < TYPES; i++)
        if (strcmp(word, types[i].name) == 0) {
            array->type = (enum npy_type)i;
            return true;
        }
    *why = "holds a type other than <f4, <f8, |u1 and <i8";
    return false;
}

/* read all values */
static bool read_dictionary(const char *at, struct npy *array,
                            const char **why) {
    unsigned seen = 0;
    *why = "has a header that is none of NumPy's";
    if (!take(&at, "{")) return false;
    while (!take(&at, "}")) {
        char key[16];
        if (!take_word(&at, key) || !take(&at, ":")
            || !take_value(&at, key, array, &seen, why)) return false;
        if (!take(&at, ",") && *at != '}' && *at != ' ') return false;
    }
    return seen == 7;
}

/* read an array */
static bool read_header(FILE *in, const char *path, size_t bytes,
                        struct npy *array, size_t *data,
                        struct error *err) {
    uint8_t start[10] = {0};
    if (bytes < sizeof start)
        return error_set(err, "%s: is no .npy file", path);
    if (!file_read(in, path, start, sizeof start, err)) return false;
    if (memcmp(start, "\x93NUMPY", 6) != 0)
        return error_set(err, "%s: is no .npy file", path);
    if (start[6] != 1)
        return error_set(err, "%s: is of version %d, where 1 is read", path,
                         start[6]);
    size_t length = start[8] | (size_t)start[9] << 8;
    if (length > bytes - sizeof start)
        return error_set(err, "%s: ends inside its header", path);
    char *text = checked_alloc(length + 1, 1);
    const char *why;
    bool good = file_read(in, path, text, length, err);
    if (good && !read_dictionary(text, array, &why))
        good = error_set(err, "%s: %s", path, why);
    free(text);
    *data = bytes - sizeof start - length;
    return good;
}

/* read the elements */
bool npy_read(const char *path, struct npy *array, struct error *err) {
    struct npy found = {.rank = 0};
    char text[SHAPE_TEXT];
    size_t bytes, data = 0, size;
    *array = (struct npy){0};
    FILE *in = file_open(path, &bytes, err);
    if (in == NULL) return false;
    bool good = read_header(in, path, bytes, &found, &data, err);
    if (good && (!shape_product(found.rank, found.shape,
                                types[found.type].size, &size)
                 || size != data))
        good = error_set(err, "%s: shape %s of %s does not make the file's "
                         "%zu bytes", path,
                         shape_text(text, found.rank, found.shape),
                         types[found.type].name, data);
    good = good && (found.data = file_alloc(path, data, 1, err)) != NULL
        && file_read(in, path, found.data, data, err);
    fclose(in);
    if (good) *array = found;
    else free(found.data);
    return good;
}

void npy_free(struct npy *array) {
    free(array->data);
    *array = (struct npy){0};
}
