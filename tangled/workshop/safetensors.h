/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_SAFETENSORS_H
#define WORKSHOP_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include "workshop/fail.h"

/* describe a tensor in a file */
enum st_dtype {
    ST_BOOL, ST_U8, ST_I8, ST_U16, ST_I16, ST_F16, ST_BF16, ST_U32, ST_I32,
    ST_F32, ST_U64, ST_I64, ST_F64
};
enum { ST_MAX_RANK = 8, ST_MAX_NAME = 128 };

struct st_tensor {
    char name[ST_MAX_NAME];
    enum st_dtype dtype;
    size_t rank, shape[ST_MAX_RANK];
    const void *data;               /* little-endian, in C order */
    size_t bytes;                   /* elements times size of one */
};

/* A remark in the header, as UTF-8. */
struct st_meta { const char *key, *value; };

/* write a set of tensors */
/* Writes the file atomically; the data of each tensor begins at a multiple
   of the size of its type. */
bool safetensors_write(const char *path, const struct st_tensor *tensors,
                       size_t count, const struct st_meta *metas,
                       size_t meta_count, struct error *err);

/* read a set of tensors */
struct safetensors;

/* NULL and a line in err when the file is not a well-formed one. */
struct safetensors *safetensors_open(const char *path, struct error *err);
void safetensors_close(struct safetensors *file);   /* NULL is allowed */

size_t safetensors_count(const struct safetensors *file);
const struct st_tensor *safetensors_tensor(const struct safetensors *file,
                                           size_t index);
/* By name; NULL when there is none. */
const struct st_tensor *safetensors_find(const struct safetensors *file,
                                         const char *name);
const char *safetensors_meta(const struct safetensors *file,
                             const char *key);

/* The data of a tensor that must have this type and shape; otherwise NULL
   and a line in err that says both. */
const void *safetensors_get(const struct safetensors *file,
                            const char *name, enum st_dtype dtype,
                            size_t rank, const size_t shape[],
                            struct error *err);

#endif
