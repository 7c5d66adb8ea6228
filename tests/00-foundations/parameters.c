#include "00-foundations/parameters.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct parameter_spec spec[] = {
    {"first.weight", 2, {7, 5}}, {"first.bias", 1, {5}},
    {"kernel", 4, {2, 3, 1, 2}}};

static struct parameters *filled(struct arena *arena, real first) {
    struct parameters *ps = parameters_new(arena, 3, spec);
    for (size_t i = 0; i < 3; i++) {
        size_t at = (size_t)(ps->item[i].value.data - ps->value);
        for (size_t j = 0; j < tensor_size(&ps->item[i].value); j++) {
            ps->value[at + j] = first++;
            ps->m[at + j] = -first;
            ps->v[at + j] = first * first;
        }
    }
    ps->step = UINT64_C(12345678901);
    return ps;
}

Test(parameters, tensors_begin_on_cache_lines_of_one_block) {
    struct arena *arena = arena_new(1 << 20);
    struct parameters *ps = parameters_new(arena, 3, spec);
    cr_assert_eq(parameters_numbers(ps), 35 + 5 + 12);
    for (size_t i = 0; i < 3; i++) {
        struct parameter *p = &ps->item[i];
        cr_assert_eq((uintptr_t)p->value.data % 64, 0);
        cr_assert_eq(p->grad.data - ps->grad, p->value.data - ps->value);
        cr_assert(p->value.data + tensor_size(&p->value) <=
                  ps->value + ps->total);
        cr_assert_eq(parameters_find(ps, spec[i].name), p);
    }
    cr_assert_null(parameters_find(ps, "second"));
    arena_free(arena);
}

Test(parameters, a_name_used_twice_dies, .signal = SIGABRT) {
    cr_redirect_stderr();
    struct parameter_spec twice[] = {{"w", 1, {2}}, {"w", 1, {3}}};
    parameters_new(arena_new(1 << 20), 2, twice);
}

static double variance(const real *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum / (double)n;
}

Test(parameters, initial_values_keep_the_variance_of_a_layer) {
    enum { IN = 400, OUT = 200, BATCH = 200 };
    struct arena *arena = arena_new(1 << 24);
    struct engine *engine = engine_new(2, NULL);
    const struct parameter_spec layer[] = {{"w", 2, {IN, OUT}}};
    struct parameters *ps = parameters_new(arena, 1, layer);
    struct tensor x = tensor_new2(arena, BATCH, IN);
    struct tensor y = tensor_new2(arena, BATCH, OUT);
    struct rng_stream s = {8, RNG_TEST, 0, 0};
    struct matmul p = {.m = BATCH, .n = OUT, .k = IN, .a = x.data,
                       .b = ps->value, .c = y.data};
    kernel_normal(engine, s, BATCH, IN, x.data);
    parameters_init_glorot_uniform(ps, 0, 1);
    cr_assert_float_eq(variance(ps->value, IN * OUT), 2.0 / (IN + OUT),
                       0.02 * 2.0 / (IN + OUT));
    kernel_matmul(engine, &p);
    cr_assert_float_eq(variance(y.data, BATCH * OUT),
                       IN * 2.0 / (IN + OUT), 0.05);
    parameters_init_he_normal(ps, 0, 1);
    kernel_map(engine, MAP_RELU, BATCH * OUT, x.data, y.data);
    cr_assert_float_eq(variance(ps->value, IN * OUT), 2.0 / IN,
                       0.02 * 2.0 / IN);
    arena_free(arena);
    engine_free(engine);
}

Test(parameters, other_seeds_and_other_layers_get_other_values) {
    struct arena *arena = arena_new(1 << 20);
    const struct parameter_spec two[] = {{"a", 2, {4, 4}}, {"b", 2, {4, 4}}};
    struct parameters *ps = parameters_new(arena, 2, two);
    parameters_init_glorot_uniform(ps, 0, 1);
    parameters_init_glorot_uniform(ps, 1, 1);
    cr_assert_arr_neq(ps->item[0].value.data, ps->item[1].value.data,
                      16 * sizeof(real));
    parameters_init_glorot_uniform(ps, 1, 2);
    cr_assert_arr_neq(ps->item[0].value.data, ps->item[1].value.data,
                      16 * sizeof(real));
    arena_free(arena);
}

static char *temporary(char name[32]) {
    strcpy(name, "/tmp/parametersXXXXXX");
    close(mkstemp(name));
    return name;
}

Test(parameters, values_moments_and_step_survive_a_file_bit_for_bit) {
    struct arena *arena = arena_new(1 << 20);
    struct parameters *a = filled(arena, 1), *b = filled(arena, 1000);
    struct error err;
    char name[32];
    temporary(name);
    a->value[2] = (real)1 / 3;
    cr_assert(parameters_save(a, name, NULL, &err), "%s", err.text);
    cr_assert(parameters_load(b, name, LOAD_STATE, &err), "%s", err.text);
    cr_assert_arr_eq(a->value, b->value, a->total * sizeof(real));
    cr_assert_arr_eq(a->m, b->m, a->total * sizeof(real));
    cr_assert_arr_eq(a->v, b->v, a->total * sizeof(real));
    cr_assert_eq(b->step, a->step);
    struct parameters *c = filled(arena, 1000);
    c->step = 3;
    cr_assert(parameters_load(c, name, LOAD_VALUES, &err));
    cr_assert_arr_eq(a->value, c->value, a->total * sizeof(real));
    cr_assert_eq(c->step, 3, "values alone leave the rest");
    cr_assert_arr_neq(a->m, c->m, a->total * sizeof(real));
    remove(name);
    arena_free(arena);
}

Test(parameters, a_file_that_does_not_fit_is_refused_and_changes_nothing) {
    struct arena *arena = arena_new(1 << 20);
    struct parameter_spec other[3];
    struct error err = {""};
    char name[32];
    temporary(name);
    memcpy(other, spec, sizeof spec);
    other[2].shape[1] = 4;
    struct parameters *a = filled(arena, 1), *before = filled(arena, 1);
    struct parameters *b = parameters_new(arena, 3, other);
    cr_assert(parameters_save(b, name, NULL, &err));
    cr_assert(!parameters_load(a, name, LOAD_STATE, &err));
    cr_assert(strstr(err.text, "kernel"), "%s", err.text);
    cr_assert_arr_eq(a->value, before->value, a->total * sizeof(real));
    cr_assert_eq(a->step, before->step);
    remove(name);
    cr_assert(!parameters_load(a, name, LOAD_STATE, &err));
    cr_assert(strstr(err.text, name), "%s", err.text);
    arena_free(arena);
}
