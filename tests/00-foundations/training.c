#include "00-foundations/training.h"

#include <criterion/criterion.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "00-foundations/classifier.h"

/* A small problem: 60 images of 4 x 4 pixels in ten classes, a classifier,
   batches of 7, and a history that depends on every step. */
enum { IMAGES = 60, PIXELS = 16, EPOCHS = 6, STEPS = EPOCHS * 8 };

struct problem {
    struct classifier net;
    struct arena *arena;
    struct dataset data;
    struct training training;
    uint8_t pixels[IMAGES * PIXELS], labels[IMAGES];
    double history[2];
    uint64_t stop_at, kill_at;
    size_t seen[IMAGES];
};

static struct node *loss(void *model, struct tape *t,
                         const struct batch *batch) {
    struct problem *p = model;
    for (size_t i = 0; i < batch->x.shape[0]; i++) {
        size_t image = batch->index[i];
        p->seen[image]++;
        cr_assert_eq(batch->labels[i], p->labels[image]);
        cr_assert_eq(batch->x.data[PIXELS * i + 3],
                     (real)p->pixels[PIXELS * image + 3] / 255);
    }
    return classifier_loss(&p->net, t, batch);
}

static void watch(void *model, const struct moment *m) {
    struct problem *p = model;
    p->history[0] += m->loss * (double)m->step;
    p->history[1] += m->epoch_ends;
    if (m->step == p->stop_at)
        raise(SIGINT);
    if (m->step == p->kill_at)
        raise(SIGKILL);
}

static void problem_new(struct problem *p, const char *file) {
    memset(p, 0, sizeof *p);
    struct rng_stream s = {2, RNG_TEST, 0, 0};
    for (size_t i = 0; i < sizeof p->pixels; i++)
        p->pixels[i] = (uint8_t)rng_word(s, 0, (uint32_t)i);
    for (size_t i = 0; i < IMAGES; i++)
        p->labels[i] = (uint8_t)(i % 10);
    p->data = (struct dataset){IMAGES, 4, 4, p->pixels, p->labels, NULL, 0};
    p->arena = arena_new(1 << 24);
    p->net = classifier_new(p->arena, PIXELS, 5);
    p->training = (struct training){
        .engine = engine_new(1, NULL), .parameters = p->net.parameters,
        .data = &p->data, .batch = 7, .epochs = EPOCHS, .seed = 5,
        .adam = {(real)0.01, (real)0.9, (real)0.999, (real)1e-8, 0},
        .loss = loss, .watch = watch, .model = p, .arena_bytes = 1 << 24,
        .checkpoint = file, .history = p->history, .history_count = 2};
}

static void problem_free(struct problem *p) {
    engine_free(p->training.engine);
    arena_free(p->arena);
}

static void expect_same(const struct problem *a, const struct problem *b) {
    const struct parameters *x = a->net.parameters, *y = b->net.parameters;
    cr_assert_eq(x->step, y->step);
    cr_assert_arr_eq(x->value, y->value, x->total * sizeof(real));
    cr_assert_arr_eq(x->m, y->m, x->total * sizeof(real));
    cr_assert_arr_eq(x->v, y->v, x->total * sizeof(real));
    cr_assert_arr_eq(a->history, b->history, sizeof a->history);
}

static void run_whole(struct problem *p) {
    struct error err;
    problem_new(p, NULL);
    cr_assert_eq(training_run(&p->training, &err), TRAINING_DONE);
    cr_assert_eq(p->net.parameters->step, STEPS);
    cr_assert_eq(p->history[1], EPOCHS);
}

static char *temporary(char name[32]) {
    strcpy(name, "/tmp/trainingXXXXXX");
    close(mkstemp(name));
    return name;
}

Test(training, every_epoch_shows_each_image_at_most_once) {
    static struct problem p;
    run_whole(&p);
    size_t total = 0;
    for (size_t i = 0; i < IMAGES; i++) {
        cr_assert(p.seen[i] <= EPOCHS);
        total += p.seen[i];
    }
    cr_assert_eq(total, STEPS * 7);
    problem_free(&p);
}

/* The child stops itself by Ctrl-C after a step; a second process, which
   knows nothing but the file, goes on. */
Test(training, a_stopped_run_goes_on_to_the_bits_of_a_whole_one) {
    static struct problem whole, broken;
    struct error err;
    char file[32];
    temporary(file);
    run_whole(&whole);
    for (uint64_t stop = 1; stop < STEPS; stop += 5) {
        pid_t child = fork();
        if (child == 0) {
            problem_new(&broken, file);
            broken.stop_at = stop;
            _exit(training_run(&broken.training, &err) != TRAINING_STOPPED);
        }
        int status;
        waitpid(child, &status, 0);
        cr_assert_eq(status, 0);
        problem_new(&broken, file);
        broken.training.resume = file;
        cr_assert_eq(training_run(&broken.training, &err), TRAINING_DONE,
                     "%s", err.text);
        expect_same(&whole, &broken);
        problem_free(&broken);
    }
    remove(file);
    problem_free(&whole);
}

/* Killed after thirty different steps and at thirty different moments, with
   a checkpoint after every step. */
Test(training, a_killed_run_goes_on_to_the_bits_of_a_whole_one) {
    static struct problem whole, broken;
    struct error err;
    char file[32];
    temporary(file);
    remove(file);
    run_whole(&whole);
    for (uint64_t round = 0; round < 30; round++) {
        pid_t child = fork();
        if (child == 0) {
            problem_new(&broken, file);
            broken.training.go_on = true;
            broken.training.interval = 1e-9;
            broken.kill_at = round % 2 == 0 ? 1 + round : 0;
            training_run(&broken.training, &err);
            _exit(0);
        }
        if (round % 2 == 1) {
            struct timespec pause = {0, (long)round * 700000};
            nanosleep(&pause, NULL);
            kill(child, SIGKILL);
        }
        waitpid(child, NULL, 0);
        problem_new(&broken, file);
        broken.training.go_on = true;
        cr_assert_eq(training_run(&broken.training, &err), TRAINING_DONE,
                     "round %d: %s", (int)round, err.text);
        expect_same(&whole, &broken);
        problem_free(&broken);
        remove(file);
    }
    problem_free(&whole);
}

static void expect_refusal(struct problem *p, const char *word) {
    struct error err = {""};
    real before = p->net.parameters->value[0];
    cr_assert_eq(training_run(&p->training, &err), TRAINING_FAILED);
    cr_assert(strstr(err.text, word), "\"%s\" does not say \"%s\"",
              err.text, word);
    cr_assert_eq(p->net.parameters->value[0], before);
    cr_assert_eq(p->net.parameters->step, 0);
    problem_free(p);
}

Test(training, a_checkpoint_of_another_run_is_refused) {
    static struct problem p;
    struct error err;
    char file[32];
    temporary(file);
    problem_new(&p, file);
    p.training.settings = "a b";
    p.stop_at = 3;
    training_run(&p.training, &err);
    problem_free(&p);

    problem_new(&p, NULL);
    p.training.resume = file;
    p.training.settings = "a c";
    expect_refusal(&p, "settings a b");
    problem_new(&p, NULL);
    p.training.resume = file;
    p.training.settings = "a b";
    p.training.seed = 6;
    expect_refusal(&p, "seed 5");
    problem_new(&p, NULL);
    p.training.resume = file;
    p.training.settings = "a b";
    p.training.batch = 8;
    expect_refusal(&p, "batch 7");
    remove(file);
    problem_new(&p, NULL);
    p.training.resume = file;
    expect_refusal(&p, file);
}

Test(training, a_checkpoint_that_cannot_be_written_is_reported) {
    static struct problem p;
    struct error err = {""};
    problem_new(&p, "/dev/null/folder/file");
    cr_assert_eq(training_run(&p.training, &err), TRAINING_FAILED);
    cr_assert(strstr(err.text, "/dev/null"), "%s", err.text);
    problem_free(&p);
}

static struct node *bad_loss(void *model, struct tape *t,
                             const struct batch *batch) {
    struct problem *p = model;
    if (batch->step == 4)
        p->net.parameters->value[0] = (real)NAN;
    return classifier_loss(&p->net, t, batch);
}

Test(training, a_loss_that_is_not_finite_ends_the_run_and_spares_the_file) {
    static struct problem p;
    struct error err = {""};
    char file[32];
    temporary(file);
    problem_new(&p, file);
    p.training.loss = bad_loss;
    cr_assert_eq(training_run(&p.training, &err), TRAINING_FAILED);
    cr_assert(strstr(err.text, "loss of step 5"), "%s", err.text);
    FILE *stream = fopen(file, "rb");
    cr_assert_eq(fgetc(stream), EOF, "the file is as it was: empty");
    fclose(stream);
    remove(file);
    problem_free(&p);
}

/* AddressSanitizer has a heap of its own, which mallinfo2 does not see. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#include <malloc.h>

static size_t heap_early, heap_late;

static struct node *loss_on_heap(void *model, struct tape *t,
                                 const struct batch *batch) {
    if (batch->step == 2)
        heap_early = mallinfo2().uordblks;
    if (batch->step == STEPS - 1)
        heap_late = mallinfo2().uordblks;
    return loss(model, t, batch);
}

Test(training, allocates_nothing_from_the_heap_after_the_first_steps) {
    static struct problem p;
    struct error err;
    problem_new(&p, NULL);
    p.training.loss = loss_on_heap;
    cr_assert_eq(training_run(&p.training, &err), TRAINING_DONE);
    cr_assert(heap_early > 0);
    cr_assert_eq(heap_early, heap_late);
    problem_free(&p);
}
#endif

static real halving(void *model, uint64_t step, uint64_t steps) {
    (void)model;
    return step < steps / 2 ? (real)0.01 : (real)0.005;
}

Test(training, the_rate_may_follow_a_schedule) {
    static struct problem constant, scheduled;
    struct error err;
    run_whole(&constant);
    problem_new(&scheduled, NULL);
    scheduled.training.rate = halving;
    cr_assert_eq(training_run(&scheduled.training, &err), TRAINING_DONE);
    cr_assert_neq(constant.net.parameters->value[0],
                  scheduled.net.parameters->value[0]);
    problem_free(&constant);
    problem_free(&scheduled);
}

Test(training, learns_what_there_is_to_learn) {
    static struct problem p;
    struct error err;
    problem_new(&p, NULL);
    p.training.epochs = 100;
    cr_assert_eq(training_run(&p.training, &err), TRAINING_DONE);
    cr_assert_eq(classifier_errors(&p.net, p.training.engine, &p.data, 0,
                                   NULL), 0);
    problem_free(&p);
}
