/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_ARENA_H
#define FOUNDATIONS_ARENA_H

#include <stddef.h>

/* A block of memory that is handed out from one end and given back all at
   once. Every piece begins on a cache line (64 bytes). A request that
   overflows or does not fit stops the program with a line that says so. */
struct arena;

struct arena *arena_new(size_t bytes);
void arena_free(struct arena *arena);

/* count elements of the given size: all zero, or with any content */
void *arena_alloc(struct arena *arena, size_t count, size_t size);
void *arena_alloc_raw(struct arena *arena, size_t count, size_t size);

/* What was taken since a mark is given back at once. */
size_t arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, size_t mark);

size_t arena_used(const struct arena *arena);   /* bytes, now */
size_t arena_peak(const struct arena *arena);   /* bytes, at the most */

#endif
