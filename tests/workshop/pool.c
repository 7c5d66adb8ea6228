#include "workshop/pool.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include "workshop/scratch.h"

enum { MOST = 3000, THREADS = 6 };

struct counts {
    struct pool *pool;
    atomic_int calls[MOST], inside[THREADS];
    atomic_bool wrong;
};

static void count_call(void *context, size_t item, size_t thread) {
    struct counts *counts = context;
    if (thread >= pool_threads(counts->pool)
        || atomic_fetch_add(&counts->inside[thread], 1) != 0)
        counts->wrong = true;
    counts->calls[item]++;
    counts->inside[thread]--;
}

/* Catches an item that is lost or dealt out twice, and two calls that share
   a thread's number. */
Test(pool, every_item_is_done_once_by_numbered_threads) {
    static const size_t items[] = {0, 1, 2, 3, 7, 64, MOST};
    static struct counts counts;
    for (size_t threads = 1; threads <= THREADS; threads++) {
        counts.pool = pool_new(threads);
        for (int round = 0; round < 200; round++) {
            size_t n = items[round % 7];
            memset(counts.calls, 0, sizeof counts.calls);
            pool_for(counts.pool, n, count_call, &counts);
            for (size_t i = 0; i < MOST; i++)
                cr_assert(counts.calls[i] == (i < n), "item %zu of %zu, %zu "
                          "threads: %d calls", i, n, threads,
                          counts.calls[i]);
        }
        pool_free(counts.pool);
    }
    cr_assert(!counts.wrong);
}

static void take_time(void *context, size_t item, size_t thread) {
    (void)thread;
    atomic_bool *done = context;
    nanosleep(&(struct timespec){0, item % 2 == 0 ? 0 : 5000000}, NULL);
    done[item] = true;
}

/* Catches an owner that leaves when the counter is at its end, although
   another thread is still inside its last item. */
Test(pool, the_loop_ends_after_its_slowest_item) {
    struct pool *pool = pool_new(4);
    for (int round = 0; round < 20; round++) {
        atomic_bool done[4] = {false};
        pool_for(pool, 4, take_time, done);
        for (int i = 0; i < 4; i++) cr_assert(done[i], "item %d", i);
    }
    pool_free(pool);
}

static void note_order(void *context, size_t item, size_t thread) {
    size_t *next = context;
    cr_assert(thread == 0 && item == (*next)++);
}

Test(pool, without_a_pool_items_come_in_order) {
    size_t next = 0;
    pool_for(NULL, 10, note_order, &next);
    struct pool *one = pool_new(1);
    pool_for(one, 10, note_order, (next = 0, &next));
    pool_free(one);
    cr_assert(next == 10 && pool_threads(NULL) == 1);
    pool_free(NULL);
}

struct nest { struct pool *pool; atomic_int calls; atomic_bool wrong; };
struct inner { struct nest *nest; size_t thread; pthread_t id; };

static void inner_body(void *context, size_t item, size_t thread) {
    (void)item;
    struct inner *inner = context;
    if (thread != inner->thread || !pthread_equal(inner->id, pthread_self()))
        inner->nest->wrong = true;
    inner->nest->calls++;
}

static void outer_body(void *context, size_t item, size_t thread) {
    (void)item;
    struct nest *nest = context;
    struct inner inner = {nest, thread, pthread_self()};
    pool_for(nest->pool, 10, inner_body, &inner);
}

/* Catches a deadlock, and a nested loop that spreads to other threads. */
Test(pool, a_loop_inside_a_loop_stays_on_its_thread, .timeout = 60) {
    struct nest nest = {.pool = pool_new(4)};
    for (int round = 0; round < 100; round++)
        pool_for(nest.pool, 50, outer_body, &nest);
    pool_free(nest.pool);
    cr_assert(nest.calls == 100 * 50 * 10 && !nest.wrong);
}

static void nothing(void *context, size_t item, size_t thread) {
    (void)context, (void)item, (void)thread;
}

/* Catches an allocation on the way of every kernel. */
Test(pool, a_loop_allocates_nothing) {
    struct pool *pool = pool_new(3);
    pool_for(pool, 10, nothing, NULL);
    struct mallinfo2 before = mallinfo2();
    for (int i = 0; i < 1000; i++) pool_for(pool, 10, nothing, NULL);
    struct mallinfo2 after = mallinfo2();
    cr_assert_eq(before.uordblks, after.uordblks);
    pool_free(pool);
}

/* Catches threads that spin while there is no work. */
Test(pool, threads_without_work_use_no_processor) {
    struct pool *pool = pool_new(4);
    pool_for(pool, 100, nothing, NULL);
    nanosleep(&(struct timespec){0, 50000000}, NULL);
    clock_t before = clock();
    nanosleep(&(struct timespec){0, 300000000}, NULL);
    double used = (double)(clock() - before) / CLOCKS_PER_SEC;
    cr_assert(used < 0.03, "%g seconds of 0.3", used);
    pool_free(pool);
}

/* Catches a worker that misses the end, or that is missed by it. */
Test(pool, many_pools_come_and_go, .timeout = 60) {
    for (size_t i = 0; i < 300; i++) {
        struct pool *pool = pool_new(1 + i % 5);
        if (i % 2 == 0) pool_for(pool, 8, nothing, NULL);
        pool_free(pool);
    }
}

static void *intrude(void *pool) {
    pool_for(pool, 5, nothing, NULL);
    return NULL;
}

static void let_intrude(void *context, size_t item, size_t thread) {
    (void)item, (void)thread;
    pthread_t id;
    pthread_create(&id, NULL, intrude, context);
    pthread_join(id, NULL);
}

Test(pool, a_second_owner_dies, .signal = SIGABRT) {
    struct pool *pool = pool_new(2);
    pool_for(pool, 5, let_intrude, pool);
}
