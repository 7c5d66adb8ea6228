/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_POOL_H
#define WORKSHOP_POOL_H

#include <stddef.h>

/* A set of threads, the caller's among them. One thread owns a pool: it
   alone calls pool_for, apart from calls made inside a body. */
struct pool;

/* threads >= 1 counts the caller. Where the system refuses a thread, the
   pool is smaller. */
struct pool *pool_new(size_t threads);
void pool_free(struct pool *pool);                  /* NULL is allowed */
size_t pool_threads(const struct pool *pool);       /* 1 if pool is NULL */

/* Calls body(context, item, thread) once for every item in 0..items-1, in
   any order, and returns when all have returned. thread is less than
   pool_threads, and no two calls under way at once have the same. With no
   pool, one thread or one item, and when called from inside a body, the
   calls are made here, in ascending order. Allocates nothing. */
void pool_for(struct pool *pool, size_t items,
              void (*body)(void *context, size_t item, size_t thread),
              void *context);

#endif
