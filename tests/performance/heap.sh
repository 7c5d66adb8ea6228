# Training asks the heap for nothing after its first step: a run of forty
# steps makes exactly the allocations that a run of two makes.
set -eu
${MAKE:-make} "$BUILD/bin/bench"
cat > "$TMP/count.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
static atomic_long calls;
#define NEXT(name, ...) \
    static __typeof__(name) *next; \
    atomic_fetch_add(&calls, 1); \
    if (!next) *(void **)&next = dlsym(RTLD_NEXT, #name); \
    return next(__VA_ARGS__)
void *malloc(size_t n) { NEXT(malloc, n); }
void *realloc(void *p, size_t n) { NEXT(realloc, p, n); }
void *aligned_alloc(size_t a, size_t n) { NEXT(aligned_alloc, a, n); }
int posix_memalign(void **p, size_t a, size_t n)
{
    NEXT(posix_memalign, p, a, n);
}
/* calloc of dlsym itself would call calloc: hand out zeroed pages instead */
void *calloc(size_t m, size_t n)
{
    void *p = malloc(m * n + !(m * n));
    for (size_t i = 0; p && i < m * n; i++)
        ((volatile char *)p)[i] = 0;
    return p;
}
__attribute__((destructor)) static void tell(void)
{
    fprintf(stderr, "allocations: %ld\n", calls);
}
END
${CC:-cc} -shared -fPIC -O1 "$TMP/count.c" -o "$TMP/count.so" -ldl \
    2> "$TMP/words" || { echo "no calls can be counted here"; exit 77; }
count() {
    LD_PRELOAD="$TMP/count.so" "$BUILD/bin/bench" --train "$1" \
        2>&1 > /dev/null | grep '^allocations'
}
few=$(count 2); many=$(count 40)
echo "2 steps: $few; 40 steps: $many"
[ -n "$few" ] && [ "$few" = "$many" ]
