/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/safetensors.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/atomic.h"
#include "workshop/file.h"

#ifdef __BYTE_ORDER__
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the files of this book are little-endian");
#endif

enum { LARGEST_HEADER = 1 << 20, ALIGNMENT = 64 };

/* know the types of elements */
static const struct { const char *name; size_t size; } dtypes[] = {
    [ST_BOOL] = {"BOOL", 1}, [ST_U8] = {"U8", 1}, [ST_I8] = {"I8", 1},
    [ST_U16] = {"U16", 2}, [ST_I16] = {"I16", 2}, [ST_F16] = {"F16", 2},
    [ST_BF16] = {"BF16", 2}, [ST_U32] = {"U32", 4}, [ST_I32] = {"I32", 4},
    [ST_F32] = {"F32", 4}, [ST_U64] = {"U64", 8}, [ST_I64] = {"I64", 8},
    [ST_F64] = {"F64", 8},
};
enum { DTYPES = sizeof dtypes / sizeof dtypes[0] };
/* write the header */
static void write_string(FILE *out, const char *text) {
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++)
        if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if ((unsigned char)*c < ' ')
            fprintf(out, "\\u%04x", (unsigned)*c);
        else fputc(*c, out);
    fputc('"', out);
}

static void write_tensor(FILE *out, const struct st_tensor *tensor,
                         size_t begin) {
    write_string(out, tensor->name);
    fprintf(out, ":{\"dtype\":\"%s\",\"shape\":[",
            dtypes[tensor->dtype].name);
    for (size_t i = 0; i < tensor->rank; i++)
        fprintf(out, "%s%zu", i > 0 ? "," : "", tensor->shape[i]);
    fprintf(out, "],\"data_offsets\":[%zu,%zu]}", begin,
            begin + tensor->bytes);
}

/* write remarks and tensors */
static void write_header(FILE *out, const struct st_tensor *tensors,
                         size_t count, const struct st_meta *metas,
                         size_t meta_count) {
    fprintf(out, "{\"__metadata__\":{");
    for (size_t i = 0; i < meta_count; i++) {
        if (i > 0) fputc(',', out);
        write_string(out, metas[i].key);
        fputc(':', out);
        write_string(out, metas[i].value);
    }
    fputc('}', out);
    size_t begin = 0;
    for (size_t width = 8; width > 0; width /= 2)
        for (size_t i = 0; i < count; i++) {
            if (dtypes[tensors[i].dtype].size != width) continue;
            fputc(',', out);
            write_tensor(out, &tensors[i], begin);
            begin += tensors[i].bytes;
        }
    fputc('}', out);
    while ((8 + ftell(out)) % ALIGNMENT != 0) fputc(' ', out);
}

/* write tensors */
/* die at a tensor that cannot be */
static void check_tensors(const struct st_tensor *tensors, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct st_tensor *t = &tensors[i];
        size_t bytes;
        char text[SHAPE_TEXT];
        if (memchr(t->name, '\0', ST_MAX_NAME) == NULL
            || (size_t)t->dtype >= DTYPES || t->rank > ST_MAX_RANK)
            die("safetensors_write: tensor %zu is malformed", i);
        if (!shape_product(t->rank, t->shape, dtypes[t->dtype].size, &bytes)
            || bytes != t->bytes)
            die("safetensors_write: %s: %zu bytes for %s of %s", t->name,
                t->bytes, shape_text(text, t->rank, t->shape),
                dtypes[t->dtype].name);
        for (size_t j = 0; j < i; j++)
            if (strcmp(tensors[j].name, t->name) == 0)
                die("safetensors_write: two tensors named %s", t->name);
    }
}


bool safetensors_write(const char *path, const struct st_tensor *tensors,
                       size_t count, const struct st_meta *metas,
                       size_t meta_count, struct error *err) {
    check_tensors(tensors, count);
    char *header;
    size_t length;
    FILE *text = open_memstream(&header, &length);
    if (text == NULL) die("safetensors_write: no memory");
    write_header(text, tensors, count, metas, meta_count);
    if (fclose(text) != 0) die("safetensors_write: no memory");
    if (length > LARGEST_HEADER) die("safetensors_write: header too large");
    struct atomic_file *file = atomic_open(path, err);
    if (file != NULL) {
        FILE *out = atomic_stream(file);
        uint64_t word = length;
        fwrite(&word, sizeof word, 1, out);
        fwrite(header, 1, length, out);
        /* write the data, widest elements first */
        for (size_t width = 8; width > 0; width /= 2)
            for (size_t i = 0; i < count; i++)
                if (dtypes[tensors[i].dtype].size == width && tensors[i].bytes > 0)
                    fwrite(tensors[i].data, 1, tensors[i].bytes, out);
    }
    free(header);
    return file != NULL && atomic_commit(file, err);
}
/* hold a file that was read */
struct entry { struct st_tensor tensor; size_t begin, end; };
struct remark { char *key, *value; };

struct safetensors {
    char *path;
    struct entry *entry;
    size_t count, room;
    struct remark *remark;
    size_t remarks, remark_room;
    unsigned char *data;            /* [sum of bytes, rounded up to 64] */
};

/* where the scan stands; work is as long as the header */
struct scan {
    struct safetensors *file;
    const char *begin, *at, *end;
    char *work;
    struct error *err;
};
/* scan the header */
static bool scan_error(struct scan *scan, const char *what) {
    return error_set(scan->err, "%s: header, byte %zu: %s",
                     scan->file->path, (size_t)(scan->at - scan->begin),
                     what);
}

static bool scan_next(struct scan *scan, char wanted) {
    while (scan->at < scan->end && *scan->at != '\0'
           && strchr(" \t\r\n", *scan->at) != NULL)
        scan->at++;
    if (scan->at == scan->end || *scan->at != wanted) return false;
    scan->at++;
    return true;
}

/* insist on a character */
static bool scan_need(struct scan *scan, char wanted) {
    char what[] = "'?' is missing";
    what[1] = wanted;
    return scan_next(scan, wanted) || scan_error(scan, what);
}

/* scan a string */
/* scan an escaped character */
/* encode a code point as UTF-8 */
static bool put_code(struct scan *scan, unsigned code, char **out) {
    if (code == 0 || (code >= 0xd800 && code < 0xe000))
        return scan_error(scan, "a character that we do not read");
    if (code < 0x80) {
        *(*out)++ = (char)code;
    } else if (code < 0x800) {
        *(*out)++ = (char)(0xc0 | code >> 6);
        *(*out)++ = (char)(0x80 | (code & 0x3f));
    } else {
        *(*out)++ = (char)(0xe0 | code >> 12);
        *(*out)++ = (char)(0x80 | (code >> 6 & 0x3f));
        *(*out)++ = (char)(0x80 | (code & 0x3f));
    }
    return true;
}


/* know a hexadecimal digit */
static int hexadecimal(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}


static bool scan_escape(struct scan *scan, char **out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (scan->at == scan->end) return scan_error(scan, "it ends here");
    char c = *scan->at++;
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    if (known != NULL) {
        *(*out)++ = to[known - from];
        return true;
    }
    unsigned code = 0;
    if (c != 'u' || scan->end - scan->at < 4)
        return scan_error(scan, "an unknown escape");
    for (int i = 0; i < 4; i++, scan->at++) {
        int digit = hexadecimal(*scan->at);
        if (digit < 0) return scan_error(scan, "an unknown escape");
        code = code * 16 + (unsigned)digit;
    }
    return put_code(scan, code, out);
}


static bool scan_string(struct scan *scan) {
    if (!scan_need(scan, '"')) return false;
    char *out = scan->work;
    while (scan->at < scan->end && *scan->at != '"') {
        unsigned char c = (unsigned char)*scan->at++;
        if (c < ' ')
            return scan_error(scan, "a control character in a string");
        if (c != '\\') *out++ = (char)c;
        else if (!scan_escape(scan, &out)) return false;
    }
    *out = '\0';
    return scan_need(scan, '"');
}

/* scan a number */
static bool scan_size(struct scan *scan, size_t *size) {
    scan_next(scan, ' ');
    if (scan->at == scan->end || *scan->at < '0' || *scan->at > '9')
        return scan_error(scan, "a number is missing");
    for (*size = 0; scan->at < scan->end; scan->at++) {
        if (*scan->at < '0' || *scan->at > '9') break;
        size_t digit = (size_t)(*scan->at - '0');
        if (*size > (SIZE_MAX - digit) / 10)
            return scan_error(scan, "a number is too large");
        *size = *size * 10 + digit;
    }
    return true;
}
/* scan a list of sizes */
static bool scan_list(struct scan *scan, size_t most, size_t *list,
                      size_t *count) {
    *count = 0;
    if (!scan_need(scan, '[')) return false;
    if (scan_next(scan, ']')) return true;
    do {
        if (*count == most) return scan_error(scan, "the list is too long");
        if (!scan_size(scan, &list[(*count)++])) return false;
    } while (scan_next(scan, ','));
    return scan_need(scan, ']');
}

/* scan a tensor */
/* scan a property */
/* scan a type */
static bool scan_type(struct scan *scan, enum st_dtype *dtype) {
    if (!scan_string(scan)) return false;
    size_t type = 0;
    while (type < DTYPES && strcmp(scan->work, dtypes[type].name) != 0)
        type++;
    *dtype = (enum st_dtype)type;
    return type < DTYPES || scan_error(scan, "an unknown type of element");
}


static bool scan_property(struct scan *scan, struct entry *entry,
                          unsigned *seen) {
    static const char *const names[] = {"dtype", "shape", "data_offsets"};
    struct st_tensor *tensor = &entry->tensor;
    unsigned which = 0;
    while (which < 3 && strcmp(scan->work, names[which]) != 0) which++;
    if (which == 3) return scan_error(scan, "an unknown property");
    if (*seen & 1u << which) return scan_error(scan, "a property twice");
    *seen |= 1u << which;
    if (which == 0) return scan_type(scan, &tensor->dtype);
    if (which == 1)
        return scan_list(scan, ST_MAX_RANK, tensor->shape, &tensor->rank);
    size_t offset[2], count;
    if (!scan_list(scan, 2, offset, &count)) return false;
    if (count != 2) return scan_error(scan, "two offsets are needed");
    entry->begin = offset[0];
    entry->end = offset[1];
    return true;
}

/* add a tensor to the file */
static void *room_for(void *list, size_t count, size_t *room, size_t size) {
    if (count < *room) return list;
    *room = *room > 0 ? 2 * *room : 16;
    list = realloc(list, *room * size);
    if (list == NULL) die("safetensors: no memory for a header");
    return list;
}

static bool add_entry(struct safetensors *file, const struct entry *entry) {
    file->entry = room_for(file->entry, file->count, &file->room,
                           sizeof *file->entry);
    file->entry[file->count++] = *entry;
    return true;
}


static bool scan_tensor(struct scan *scan, const char *name) {
    struct entry entry = {.begin = 0};
    if (strlen(name) >= ST_MAX_NAME)
        return scan_error(scan, "the name of a tensor is too long");
    strcpy(entry.tensor.name, name);
    unsigned seen = 0;
    if (!scan_need(scan, '{')) return false;
    do {
        if (!scan_string(scan) || !scan_need(scan, ':')
            || !scan_property(scan, &entry, &seen)) return false;
    } while (scan_next(scan, ','));
    if (!scan_need(scan, '}')) return false;
    if (seen != 7) return scan_error(scan, "a tensor lacks a property");
    size_t bytes;
    if (!shape_product(entry.tensor.rank, entry.tensor.shape,
                       dtypes[entry.tensor.dtype].size, &bytes))
        return scan_error(scan, "a shape overflows");
    if (entry.end < entry.begin || entry.end - entry.begin != bytes)
        return scan_error(scan, "offsets and shape disagree");
    entry.tensor.bytes = bytes;
    return add_entry(scan->file, &entry);
}

/* scan the remarks */
static char *copy_of(const char *text) {
    size_t bytes = strlen(text) + 1;
    return memcpy(checked_alloc(bytes, 1), text, bytes);
}

static bool scan_remarks(struct scan *scan) {
    struct safetensors *file = scan->file;
    if (!scan_need(scan, '{')) return false;
    if (scan_next(scan, '}')) return true;
    do {
        if (!scan_string(scan)) return false;
        file->remark = room_for(file->remark, file->remarks,
                                &file->remark_room, sizeof *file->remark);
        struct remark *remark = &file->remark[file->remarks++];
        *remark = (struct remark){.key = copy_of(scan->work)};
        if (!scan_need(scan, ':') || !scan_string(scan)) return false;
        remark->value = copy_of(scan->work);
    } while (scan_next(scan, ','));
    return scan_need(scan, '}');
}

/* scan the whole header */
static bool scan_header(struct scan *scan) {
    if (!scan_need(scan, '{')) return false;
    if (!scan_next(scan, '}')) {
        do {
            if (!scan_string(scan) || !scan_need(scan, ':')) return false;
            char name[ST_MAX_NAME + 1];
            snprintf(name, sizeof name, "%s", scan->work);
            bool remarks = strcmp(name, "__metadata__") == 0;
            if (!(remarks ? scan_remarks(scan) : scan_tensor(scan, name)))
                return false;
        } while (scan_next(scan, ','));
        if (!scan_need(scan, '}')) return false;
    }
    scan_next(scan, ' ');
    return scan->at == scan->end
        || scan_error(scan, "something follows the header");
}

/* read the tensors of a file */
static int by_offset(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return x->end < y->end ? -1 : x->end > y->end;
}

static int by_name(const void *a, const void *b) {
    const struct entry *x = a, *y = b;
    return strcmp(x->tensor.name, y->tensor.name);
}

/* check that the tensors tile the data */
static bool check_layout(struct safetensors *file, size_t data,
                         struct error *err) {
    if (file->count > 0)
        qsort(file->entry, file->count, sizeof *file->entry, by_name);
    for (size_t i = 1; i < file->count; i++)
        if (by_name(&file->entry[i - 1], &file->entry[i]) == 0)
            return error_set(err, "%s: two tensors are named %s",
                             file->path, file->entry[i].tensor.name);
    if (file->count > 0)
        qsort(file->entry, file->count, sizeof *file->entry, by_offset);
    size_t at = 0;
    for (size_t i = 0; i < file->count; i++) {
        if (file->entry[i].begin != at)
            return error_set(err, "%s: tensor %s begins at byte %zu, "
                             "expected %zu", file->path,
                             file->entry[i].tensor.name,
                             file->entry[i].begin, at);
        at = file->entry[i].end;
    }
    if (at == data) return true;
    return error_set(err, "%s: its tensors take %zu bytes, the file has "
                     "%zu", file->path, at, data);
}

/* read the data of each tensor */
static bool read_data(struct safetensors *file, FILE *in, size_t data,
                      struct error *err) {
    size_t most = data + file->count * ALIGNMENT, at = 0;
    file->data = file_alloc(file->path, most, 1, err);
    if (file->data == NULL) return false;
    for (size_t i = 0; i < file->count; i++) {
        struct st_tensor *tensor = &file->entry[i].tensor;
        tensor->data = file->data + at;
        if (!file_read(in, file->path, file->data + at, tensor->bytes, err))
            return false;
        at += (tensor->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
    return true;
}

/* read the header's text */
static bool read_header(struct safetensors *file, FILE *in, size_t bytes,
                        size_t *length, struct error *err) {
    uint64_t word = 0;
    if (bytes < 8)
        return error_set(err, "%s: is no safetensors file", file->path);
    if (!file_read(in, file->path, &word, 8, err)) return false;
    if (word > LARGEST_HEADER || word > bytes - 8)
        return error_set(err, "%s: is no safetensors file, or is cut off: "
                         "its header would take %llu bytes", file->path,
                         (unsigned long long)word);
    *length = (size_t)word;
    char *text = checked_alloc(2, *length + 1);
    struct scan scan = {.file = file, .begin = text, .at = text,
                        .end = text + *length, .err = err,
                        .work = text + *length + 1};
    bool good = file_read(in, file->path, text, *length, err)
        && scan_header(&scan);
    free(text);
    return good;
}
/* open a file of tensors */
struct safetensors *safetensors_open(const char *path, struct error *err) {
    size_t bytes, length = 0;
    FILE *in = file_open(path, &bytes, err);
    if (in == NULL) return NULL;
    struct safetensors *file = checked_alloc(1, sizeof *file);
    file->path = copy_of(path);
    bool good = read_header(file, in, bytes, &length, err)
        && check_layout(file, bytes - 8 - length, err)
        && read_data(file, in, bytes - 8 - length, err);
    fclose(in);
    if (good) return file;
    safetensors_close(file);
    return NULL;
}

void safetensors_close(struct safetensors *file) {
    if (file == NULL) return;
    for (size_t i = 0; i < file->remarks; i++) {
        free(file->remark[i].key);
        free(file->remark[i].value);
    }
    free(file->remark);
    free(file->entry);
    free(file->data);
    free(file->path);
    free(file);
}

/* look into a file */
size_t safetensors_count(const struct safetensors *file) {
    return file->count;
}

const struct st_tensor *safetensors_tensor(const struct safetensors *file,
                                           size_t index) {
    return &file->entry[index].tensor;
}

const struct st_tensor *safetensors_find(const struct safetensors *file,
                                         const char *name) {
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->entry[i].tensor.name, name) == 0)
            return &file->entry[i].tensor;
    return NULL;
}

const char *safetensors_meta(const struct safetensors *file,
                             const char *key) {
    for (size_t i = 0; i < file->remarks; i++)
        if (strcmp(file->remark[i].key, key) == 0)
            return file->remark[i].value;
    return NULL;
}

/* get a tensor of a known shape */
const void *safetensors_get(const struct safetensors *file,
                            const char *name, enum st_dtype dtype,
                            size_t rank, const size_t shape[],
                            struct error *err) {
    const struct st_tensor *found = safetensors_find(file, name);
    char there[SHAPE_TEXT], wanted[SHAPE_TEXT];
    if (found == NULL) {
        error_set(err, "%s: has no tensor %s", file->path, name);
        return NULL;
    }
    bool same = found->rank == rank && found->dtype == dtype;
    for (size_t i = 0; same && i < rank; i++)
        same = found->shape[i] == shape[i];
    if (same) return found->data;
    error_set(err, "%s: tensor %s is %s of %s, expected %s of %s",
              file->path, name,
              shape_text(there, found->rank, found->shape),
              dtypes[found->dtype].name, shape_text(wanted, rank, shape),
              dtypes[dtype].name);
    return NULL;
}
