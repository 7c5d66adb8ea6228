/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/fail.h"
#include "workshop/pages.h"

enum { CACHE_LINE = 64 };

/* an arena is a block and a count */
struct arena {
    unsigned char *block, *first;   /* first: its first cache line */
    size_t bytes, used, peak;
};

/* make and free an arena */
struct arena *arena_new(size_t bytes) {
    struct arena *arena = checked_alloc(1, sizeof *arena);
    if (bytes > SIZE_MAX - CACHE_LINE)
        die("arena_new: %zu bytes are too many", bytes);
    arena->block = malloc(bytes + CACHE_LINE);
    if (arena->block == NULL)
        die("arena_new: no memory for %zu bytes", bytes);
    pages_advise(arena->block, bytes);
    size_t over = (uintptr_t)arena->block % CACHE_LINE;
    arena->first = arena->block + (CACHE_LINE - over) % CACHE_LINE;
    arena->bytes = bytes;
    return arena;
}

void arena_free(struct arena *arena) {
    if (arena == NULL)
        return;
    free(arena->block);
    free(arena);
}
/* hand out memory */
void *arena_alloc_raw(struct arena *arena, size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - CACHE_LINE) / size)
        die("arena: %zu elements of %zu bytes are too many", count, size);
    size_t bytes = count * size + CACHE_LINE - 1;
    bytes -= bytes % CACHE_LINE;
    if (bytes > arena->bytes - arena->used)
        die("arena: %zu bytes asked, %zu of %zu in use", bytes,
            arena->used, arena->bytes);
    void *piece = arena->first + arena->used;
    arena->used += bytes;
    if (arena->peak < arena->used)
        arena->peak = arena->used;
    return piece;
}
/* hand out memory that is zero */

void *arena_alloc(struct arena *arena, size_t count, size_t size) {
    return memset(arena_alloc_raw(arena, count, size), 0, count * size);
}
/* give memory back */
size_t arena_mark(const struct arena *arena) { return arena->used; }

void arena_release(struct arena *arena, size_t mark) {
    if (mark > arena->used)
        die("arena_release: mark %zu lies beyond %zu", mark, arena->used);
    arena->used = mark;
}
/* say how much is in use */

size_t arena_used(const struct arena *arena) { return arena->used; }
size_t arena_peak(const struct arena *arena) { return arena->peak; }
