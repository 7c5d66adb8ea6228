/* Training as a whole: the same bits whatever the threads, nothing taken
   from the heap, model files that say what they hold. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "04-vae/evaluate.h"
#include "04-vae/gallery.h"
#include "04-vae/train.h"

enum { IMAGES = 300, SIDE = 6, PIXELS = SIDE * SIDE, MEBIBYTE = 1 << 20 };
static const struct vae_sizes sizes = {PIXELS, 16, 4};

/* Images with a bright half, left or right, and noise. */
static struct dataset small_images(uint8_t pixels[IMAGES * PIXELS])
{
    struct rng_stream s = {.seed = 11, .purpose = RNG_TEST};
    for (uint32_t i = 0; i < IMAGES; i++)
        for (uint32_t j = 0; j < PIXELS; j++) {
            bool bright = (j % SIDE < SIDE / 2) == (i % 2 == 0);
            uint32_t noise = rng_word(s, i, j) >> 25;
            pixels[i * PIXELS + j] = (uint8_t)((bright ? 127 : 0) + noise);
        }
    return (struct dataset){.count = IMAGES, .height = SIDE, .width = SIDE,
                            .pixels = pixels};
}

struct run {
    struct vae_objective objective;
    struct engine *engine;
    struct arena *arena;
    struct dataset data;
    struct training training;
    uint8_t pixels[IMAGES * PIXELS];
};

static struct run *run_new(size_t threads, const char *isa, size_t epochs)
{
    struct run *r = calloc(1, sizeof *r);
    r->engine = engine_new(threads, isa);
    r->arena = arena_new(2 * MEBIBYTE);
    r->data = small_images(r->pixels);
    r->objective = (struct vae_objective){vae_new(r->arena, sizes), 5};
    vae_initialise(r->objective.vae, 5, vae_mean_image(r->arena, &r->data));
    r->training = vae_training(r->engine, &r->objective, &r->data, epochs);
    r->training.model = r;
    r->training.settings = "test";
    r->training.arena_bytes = 16 * MEBIBYTE;
    return r;
}

static void run_free(struct run *r)
{
    arena_free(r->arena);
    engine_free(r->engine);
    free(r);
}

static void train(struct run *r)
{
    struct error err;
    enum training_end end = training_run(&r->training, &err);
    cr_assert_neq(end, TRAINING_FAILED, "%s", err.text);
}

static bool same_weights(const struct run *a, const struct run *b)
{
    const struct parameters *p = a->objective.vae->parameters;
    const struct parameters *q = b->objective.vae->parameters;
    size_t bytes = p->total * sizeof(real);
    return p->step == q->step && !memcmp(p->value, q->value, bytes) &&
           !memcmp(p->m, q->m, bytes) && !memcmp(p->v, q->v, bytes);
}

Test(vae_training, gives_the_same_bits_with_one_two_and_three_threads)
{
    struct run *one = run_new(1, NULL, 3);
    train(one);
    for (size_t threads = 2; threads <= 3; threads++) {
        struct run *more = run_new(threads, NULL, 3);
        train(more);
        cr_assert(same_weights(one, more), "%zu threads differ", threads);
        run_free(more);
    }
    run_free(one);
}

Test(vae_training, gives_the_same_bits_on_every_instruction_set)
{
    static const char *const isas[] = {"avx2", "avx512", "neon"};
    struct run *base = run_new(1, "baseline", 3);
    train(base);
    for (size_t i = 0; i < 3; i++) {
        struct engine *there = engine_new(1, isas[i]);
        if (!there)
            continue;
        engine_free(there);
        struct run *other = run_new(1, isas[i], 3);
        train(other);
        cr_assert(same_weights(base, other), "%s differs", isas[i]);
        run_free(other);
    }
    run_free(base);
}

Test(vae_training, a_resumed_run_ends_on_the_bits_of_an_uninterrupted_one)
{
    char path[] = "/tmp/vae-test-XXXXXX";
    close(mkstemp(path));
    struct run *whole = run_new(1, NULL, 4);
    train(whole);
    struct run *half = run_new(1, NULL, 2);
    half->training.checkpoint = path;
    train(half);
    struct run *rest = run_new(2, NULL, 4);
    rest->training.resume = path;
    train(rest);
    cr_assert(same_weights(whole, rest));
    remove(path);
    run_free(whole);
    run_free(half);
    run_free(rest);
}

Test(vae_training, learns_more_than_the_mean_image)
{
    struct run *r = run_new(1, NULL, 300);
    struct arena *step = arena_new(vae_trial_bytes(sizes));
    struct tape *tape = tape_new(r->engine, step);
    struct vae_score score = vae_score_new(r->arena, sizes.latents);
    real *mean = vae_mean_image(r->arena, &r->data);
    double independent = vae_independent_bill(r->arena, mean, &r->data);
    train(r);
    vae_evaluate(r->objective.vae, tape, &r->data, 5, &score);
    cr_assert_lt(score.total, independent - 1, "%g, against %g",
                 score.total, independent);
    cr_assert_geq(score.active, 1);
    double price = 0;
    for (size_t j = 0; j < sizes.latents; j++)
        price += score.latent[j].price;
    cr_assert_float_eq(price, score.price, 1e-4 * score.price);
    arena_free(step);
    run_free(r);
}

Test(vae_evaluate, does_not_depend_on_how_the_set_is_cut)
{
    struct run *r = run_new(1, NULL, 1);
    struct arena *step = arena_new(vae_trial_bytes(sizes));
    struct arena *keep = arena_new(MEBIBYTE);
    struct vae_trial all = vae_trial(r->engine, keep, &r->data, &sizes, 9,
                                     0, IMAGES);
    struct vae_trial one = vae_trial(r->engine, step, &r->data, &sizes, 9,
                                     123, 1);
    cr_assert_eq(memcmp(all.x.data + 123 * PIXELS, one.x.data,
                        PIXELS * sizeof(real)), 0);
    cr_assert_eq(memcmp(all.eps.data + 123 * sizes.latents, one.eps.data,
                        sizes.latents * sizeof(real)), 0);
    arena_free(keep);
    arena_free(step);
    run_free(r);
}

Test(vae_file, says_which_sizes_it_holds)
{
    char path[] = "/tmp/vae-test-XXXXXX";
    close(mkstemp(path));
    struct run *r = run_new(1, NULL, 1);
    struct error err;
    struct vae_sizes found;
    cr_assert(parameters_save(r->objective.vae->parameters, path, NULL,
                              &err), "%s", err.text);
    struct safetensors *file = safetensors_open(path, &err);
    cr_assert_not_null(file);
    cr_assert(vae_sizes_in(file, path, &found, &err));
    cr_assert_eq(memcmp(&found, &sizes, sizeof sizes), 0);
    safetensors_close(file);
    remove(path);
    run_free(r);
}

/* Counting calls to malloc needs glibc's own names for what it replaces,
   and would quarrel with a sanitizer, which replaces them too. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
static size_t allocations;

void *malloc(size_t size)
{
    __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
    return __libc_memalign(alignment, size);
}

struct counted { struct run *run; size_t after_first, after_last; };

static struct node *counted_loss(void *model, struct tape *tape,
                                 const struct batch *batch)
{
    return vae_loss(((struct counted *)model)->run, tape, batch);
}

static void count(void *model, const struct moment *moment)
{
    struct counted *c = model;
    size_t now = __atomic_load_n(&allocations, __ATOMIC_RELAXED);
    if (moment->step == 1)
        c->after_first = now;
    if (moment->step == moment->steps)
        c->after_last = now;
}

Test(vae_training, takes_nothing_from_the_heap_after_its_first_step)
{
    struct run *r = run_new(2, NULL, 5);
    struct counted c = {.run = r};
    r->training.model = &c;
    r->training.loss = counted_loss;
    r->training.watch = count;
    train(r);
    cr_assert_gt(c.after_first, 0);
    cr_assert_eq(c.after_last, c.after_first, "%zu allocations",
                 c.after_last - c.after_first);
    run_free(r);
}
#endif
