/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include "workshop/fail.h"

enum { SPINS = 50000 };

/* remember threads and a job */
struct pool {
    pthread_mutex_t lock;           /* guards what is not atomic */
    pthread_cond_t work, idle;
    /* what a job consists of */
    void (*body)(void *context, size_t item, size_t thread);
    void *context;
    size_t items;
    atomic_size_t next;             /* the item to be claimed */
    atomic_size_t announced;        /* jobs so far */
    atomic_size_t joined;           /* workers inside the job */
    bool open;                      /* may be joined */
    bool running;                   /* has not returned */
    pthread_t owner;                /* of the running job */
    size_t threads;                 /* with the owner */
    struct worker {
        struct pool *pool;
        pthread_t id;
        size_t index;
    } *worker;                      /* [threads]; the owner's is unused */
    bool quit;
};
/* claim items until none is left */
static void claim_items(struct pool *pool, size_t thread) {
    for (;;) {
        size_t item = atomic_fetch_add_explicit(&pool->next, 1,
                                                memory_order_relaxed);
        if (item >= pool->items) return;
        pool->body(pool->context, item, thread);
    }
}
/* wait for work and help with it */
static void *work(void *argument) {
    struct worker *worker = argument;
    struct pool *pool = worker->pool;
    size_t seen = 0;
    for (;;) {
        for (int i = 0; i < SPINS; i++)
            if (atomic_load(&pool->announced) != seen) break;
        pthread_mutex_lock(&pool->lock);
        while (pool->announced == seen && !pool->quit)
            pthread_cond_wait(&pool->work, &pool->lock);
        seen = pool->announced;
        bool quit = pool->quit, join = pool->open;
        if (join) atomic_fetch_add(&pool->joined, 1);
        pthread_mutex_unlock(&pool->lock);
        if (quit) return NULL;
        if (join) {
            claim_items(pool, worker->index);
            /* leave the job */
            if (atomic_fetch_sub(&pool->joined, 1) == 1) {
                pthread_mutex_lock(&pool->lock);
                pthread_cond_signal(&pool->idle);
                pthread_mutex_unlock(&pool->lock);
            }
        }
    }
}

/* start a pool of threads */
struct pool *pool_new(size_t threads) {
    if (threads < 1) die("pool_new: a pool needs a thread");
    struct pool *pool = checked_alloc(1, sizeof *pool);
    pool->worker = checked_alloc(threads, sizeof *pool->worker);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->idle, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (pool->threads = 1; pool->threads < threads; pool->threads++) {
        struct worker *worker = &pool->worker[pool->threads];
        *worker = (struct worker){.pool = pool, .index = pool->threads};
        if (pthread_create(&worker->id, NULL, work, worker) != 0) break;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return pool;
}

size_t pool_threads(const struct pool *pool) {
    return pool != NULL ? pool->threads : 1;
}

/* end a pool of threads */
void pool_free(struct pool *pool) {
    if (pool == NULL) return;
    pthread_mutex_lock(&pool->lock);
    if (pool->running) die("pool_free: inside pool_for");
    pool->quit = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 1; i < pool->threads; i++)
        pthread_join(pool->worker[i].id, NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool->worker);
    free(pool);
}

/* run a loop on the pool */
/* find the number of this thread */
static size_t my_thread(const struct pool *pool) {
    pthread_t me = pthread_self();
    for (size_t i = 1; i < pool->threads; i++)
        if (pthread_equal(pool->worker[i].id, me)) return i;
    if (!pthread_equal(pool->owner, me))
        die("pool_for: two threads share one pool");
    return 0;
}

/* announce a job */
static bool announce(struct pool *pool, size_t items,
                     void (*body)(void *, size_t, size_t), void *context) {
    pthread_mutex_lock(&pool->lock);
    bool free_to_run = !pool->running;
    if (free_to_run) {
        pool->body = body;
        pool->context = context;
        pool->items = items;
        pool->owner = pthread_self();
        atomic_store(&pool->next, 0);
        atomic_fetch_add(&pool->announced, 1);
        pool->open = pool->running = true;
        pthread_cond_broadcast(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
    return free_to_run;
}

/* close a job */
static void close_job(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->open = false;
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < SPINS; i++)
        if (atomic_load(&pool->joined) == 0) break;
    pthread_mutex_lock(&pool->lock);
    while (pool->joined > 0) pthread_cond_wait(&pool->idle, &pool->lock);
    pool->running = false;
    pthread_mutex_unlock(&pool->lock);
}

void pool_for(struct pool *pool, size_t items,
              void (*body)(void *context, size_t item, size_t thread),
              void *context) {
    bool alone = pool == NULL || pool->threads == 1;
    if (!alone && items > 1 && announce(pool, items, body, context)) {
        claim_items(pool, 0);
        close_job(pool);
        return;
    }
    size_t thread = alone || !pool->running ? 0 : my_thread(pool);
    for (size_t item = 0; item < items; item++) body(context, item, thread);
}
