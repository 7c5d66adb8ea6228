/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/parameters.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* lay out the block */
enum { LINE = 64 / sizeof(real) };

static size_t padded(size_t n) { return (n + LINE - 1) / LINE * LINE; }

static struct tensor shaped(const struct parameter_spec *spec) {
    struct tensor t = {.rank = spec->rank};
    if (spec->rank > TENSOR_MAX_RANK)
        die("parameters: %s has rank %zu", spec->name, spec->rank);
    memcpy(t.shape, spec->shape, sizeof t.shape);
    return t;
}

static void name_parameter(struct parameters *ps, size_t i,
                           const char *name) {
    if (strlen(name) >= PARAMETER_NAME || parameters_find(ps, name) != NULL)
        die("parameters: the name %s is too long or used twice", name);
    strcpy(ps->item[i].name, name);
}
struct parameters *parameters_new(struct arena *arena, size_t count,
                                  const struct parameter_spec *spec) {
    struct parameters *ps = arena_alloc(arena, 1, sizeof *ps);
    ps->item = arena_alloc(arena, count, sizeof *ps->item);
    for (size_t i = 0; i < count; i++) {
        struct tensor t = shaped(&spec[i]);
        ps->total += padded(tensor_size(&t));
    }
    real **block[] = {&ps->value, &ps->grad, &ps->m, &ps->v};
    for (size_t b = 0; b < sizeof block / sizeof block[0]; b++)
        *block[b] = arena_alloc(arena, ps->total, sizeof(real));
    size_t at = 0;
    for (; ps->count < count; ps->count++) {
        struct parameter *p = &ps->item[ps->count];
        name_parameter(ps, ps->count, spec[ps->count].name);
        p->value = p->grad = shaped(&spec[ps->count]);
        p->value.data = ps->value + at;
        p->grad.data = ps->grad + at;
        p->blank = true;
        at += padded(tensor_size(&p->value));
    }
    return ps;
}
/* find a parameter */
struct parameter *parameters_find(const struct parameters *ps,
                                  const char *name) {
    for (size_t i = 0; i < ps->count; i++)
        if (strcmp(ps->item[i].name, name) == 0)
            return &ps->item[i];
    return NULL;
}

size_t parameters_numbers(const struct parameters *ps) {
    size_t numbers = 0;
    for (size_t i = 0; i < ps->count; i++)
        numbers += tensor_size(&ps->item[i].value);
    return numbers;
}
/* draw initial values */
static struct rng_stream init_stream(const struct parameters *ps,
                                     size_t index, uint64_t seed) {
    if (index >= ps->count || ps->item[index].value.rank != 2)
        die("parameters: number %zu is no table of weights", index);
    return (struct rng_stream){.seed = seed, .purpose = RNG_INIT,
                               .example = (uint32_t)index};
}

void parameters_init_glorot_uniform(struct parameters *ps, size_t index,
                                    uint64_t seed) {
    struct rng_stream s = init_stream(ps, index, seed);
    struct tensor w = ps->item[index].value;
    real a = sqrt_real(6 / (real)(w.shape[0] + w.shape[1]));
    for (size_t i = 0; i < tensor_size(&w); i++)
        w.data[i] = a * (2 * rng_uniform(s, 0, (uint32_t)i) - 1);
}

/* draw normal weights for rectifiers */
void parameters_init_he_normal(struct parameters *ps, size_t index,
                               uint64_t seed) {
    struct rng_stream s = init_stream(ps, index, seed);
    struct tensor w = ps->item[index].value;
    real tau = sqrt_real(2 / (real)w.shape[0]);
    for (size_t i = 0; i < tensor_size(&w); i++)
        w.data[i] = tau * rng_normal(s, 0, (uint32_t)i);
}
/* update all parameters */
static void use_gradients(struct parameters *ps) {
    for (size_t i = 0; i < ps->count; i++) {
        struct parameter *p = &ps->item[i];
        if (p->blank)
            memset(p->grad.data, 0, tensor_size(&p->grad) * sizeof(real));
        p->blank = true;
    }
    ps->step++;
}

void parameters_adam(struct engine *engine, struct parameters *ps,
                     const struct adam *adam) {
    use_gradients(ps);
    kernel_adam(engine, adam, ps->step, ps->total, ps->grad, ps->m, ps->v,
                ps->value);
}

void parameters_sgd(struct engine *engine, struct parameters *ps,
                    const struct sgd *sgd) {
    use_gradients(ps);
    kernel_sgd(engine, sgd, ps->total, ps->grad, ps->m, ps->value);
}
/* save parameters */
static const struct { const char *prefix; size_t block; } part_of_file[] = {
    {"", 0}, {"adam.m.", 1}, {"adam.v.", 2}};
enum { PARTS = 3 };

static real *part_data(const struct parameters *ps, size_t part,
                       const struct parameter *p) {
    real *block[PARTS] = {ps->value, ps->m, ps->v};
    return block[part_of_file[part].block] + (p->value.data - ps->value);
}

static struct st_tensor entry(const struct parameters *ps, size_t part,
                              const struct parameter *p) {
    struct st_tensor t = {.rank = p->value.rank};
    t.dtype = sizeof(real) == sizeof(float) ? ST_F32 : ST_F64;
    snprintf(t.name, sizeof t.name, "%s%s", part_of_file[part].prefix,
             p->name);
    memcpy(t.shape, p->value.shape, t.rank * sizeof t.shape[0]);
    t.data = part_data(ps, part, p);
    t.bytes = tensor_size(&p->value) * sizeof(real);
    return t;
}
bool parameters_save(const struct parameters *ps, const char *path,
                     const struct parameters_extra *extra,
                     struct error *err) {
    struct parameters_extra none = {0}, more = extra ? *extra : none;
    size_t n = PARTS * ps->count + more.tensors, at = 0;
    struct st_tensor *t = checked_alloc(n, sizeof *t);
    struct st_meta *meta = checked_alloc(more.metas + 1, sizeof *meta);
    char step[32];
    for (size_t part = 0; part < PARTS; part++)
        for (size_t i = 0; i < ps->count; i++)
            t[at++] = entry(ps, part, &ps->item[i]);
    for (size_t i = 0; i < more.tensors; i++)
        t[at++] = more.tensor[i];
    snprintf(step, sizeof step, "%" PRIu64, ps->step);
    meta[0] = (struct st_meta){"step", step};
    for (size_t i = 0; i < more.metas; i++)
        meta[i + 1] = more.meta[i];
    bool ok = safetensors_write(path, t, n, meta, more.metas + 1, err);
    free(t);
    free(meta);
    return ok;
}
/* load parameters */
static bool part_fits(const struct parameters *ps, size_t part,
                      const struct safetensors *file, const char *path,
                      struct error *err) {
    for (size_t i = 0; i < ps->count; i++) {
        struct st_tensor t = entry(ps, part, &ps->item[i]);
        struct error why;
        if (safetensors_get(file, t.name, t.dtype, t.rank, t.shape,
                            &why) == NULL && t.bytes > 0)
            return error_set(err, "%s: %s", path, why.text);
    }
    return true;
}

static void copy_part(struct parameters *ps, size_t part,
                      const struct safetensors *file) {
    for (size_t i = 0; i < ps->count; i++) {
        struct st_tensor t = entry(ps, part, &ps->item[i]);
        memcpy(part_data(ps, part, &ps->item[i]),
               safetensors_find(file, t.name)->data, t.bytes);
    }
}
bool parameters_read(struct parameters *ps, const struct safetensors *file,
                     const char *path, enum parameters_part part,
                     struct error *err) {
    size_t parts = part == LOAD_STATE ? PARTS : 1;
    const char *step = safetensors_meta(file, "step");
    char *end = NULL;
    uint64_t steps = step == NULL ? 0 : strtoull(step, &end, 10);
    if (part == LOAD_STATE && (end == NULL || end == step || *end != '\0'))
        return error_set(err, "%s: does not say after which step", path);
    for (size_t i = 0; i < parts; i++)
        if (!part_fits(ps, i, file, path, err))
            return false;
    for (size_t i = 0; i < parts; i++)
        copy_part(ps, i, file);
    ps->step = part == LOAD_STATE ? steps : ps->step;
    return true;
}

bool parameters_load(struct parameters *ps, const char *path,
                     enum parameters_part part, struct error *err) {
    struct safetensors *file = safetensors_open(path, err);
    bool ok = file != NULL && parameters_read(ps, file, path, part, err);
    safetensors_close(file);
    return ok;
}
