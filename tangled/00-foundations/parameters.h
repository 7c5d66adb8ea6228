/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_PARAMETERS_H
#define FOUNDATIONS_PARAMETERS_H

#include "00-foundations/kernels.h"
#include "00-foundations/tensor.h"
#include "workshop/fail.h"
#include "workshop/safetensors.h"

enum { PARAMETER_NAME = 64 };

struct parameter_spec {
    const char *name;
    size_t rank, shape[TENSOR_MAX_RANK];
};

struct parameter {
    char name[PARAMETER_NAME];
    struct tensor value, grad;
    bool blank;                     /* grad is to begin anew */
};

/* keep all parameters of a model in blocks */
/* All values lie in one block, all gradients in another, the two moments of
   Adam in two more. Each tensor begins on a cache line; what lies between
   two is zero and stays so. */
struct parameters {
    struct parameter *item;
    size_t count;                   /* of tensors */
    size_t total;                   /* of elements in a block, with gaps */
    real *value, *grad, *m, *v;
    uint64_t step;                  /* updates so far */
};
/* make and find parameters */
/* Everything zero. Names must be unique and shorter than 64 characters. */
struct parameters *parameters_new(struct arena *arena, size_t count,
                                  const struct parameter_spec *spec);
struct parameter *parameters_find(const struct parameters *ps,
                                  const char *name);    /* or NULL */
size_t parameters_numbers(const struct parameters *ps);  /* without gaps */
/* say how parameters may begin */
/* w[in, out] uniform with variance 2/(in + out): for tanh */
void parameters_init_glorot_uniform(struct parameters *ps, size_t index,
                                    uint64_t seed);
/* w[in, out] normal with variance 2/in: for relu */
void parameters_init_he_normal(struct parameters *ps, size_t index,
                               uint64_t seed);
/* move all parameters at once */
/* One update from the gradients, which begin anew afterwards; counts it. */
void parameters_adam(struct engine *engine, struct parameters *ps,
                     const struct adam *adam);
void parameters_sgd(struct engine *engine, struct parameters *ps,
                    const struct sgd *sgd);
/* keep parameters in files */
/* Writes NAME, adam.m.NAME, adam.v.NAME for every parameter, and the step
   as meta data, beside tensors and meta data that the caller adds. */
struct parameters_extra {
    const struct st_tensor *tensor;
    size_t tensors;
    const struct st_meta *meta;
    size_t metas;
};
bool parameters_save(const struct parameters *ps, const char *path,
                     const struct parameters_extra *extra,    /* or NULL */
                     struct error *err);

/* LOAD_VALUES asks for the values alone, LOAD_STATE for moments and step
   too. On a missing tensor, a wrong shape or type: false and a line in err,
   and ps is as it was. */
enum parameters_part { LOAD_VALUES, LOAD_STATE };
bool parameters_read(struct parameters *ps, const struct safetensors *file,
                     const char *path, enum parameters_part part,
                     struct error *err);
bool parameters_load(struct parameters *ps, const char *path,
                     enum parameters_part part, struct error *err);

#endif
