/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-blas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include "workshop/fail.h"

enum { ROW_MAJOR = 101, STRAIGHT = 111, TRANSPOSED = 112 };

/* find a function in a library */
static bool find(void *library, const char *name, void *function) {
    void *symbol = dlsym(library, name);
    memcpy(function, &symbol, sizeof symbol);
    return symbol != NULL;
}

struct blas {
    void *library;
    void (*gemm)(int order, int transpose_a, int transpose_b, int m, int n,
                 int k, real alpha, const real *a, int lda, const real *b,
                 int ldb, real beta, real *c, int ldc);
    void (*set_threads)(int threads);
    char *(*kernel)(void);
};

/* open OpenBLAS */
static void set_peers(const char *isa) {
    const bool wide = strcmp(isa, "avx512") == 0;
    const bool narrow = strcmp(isa, "avx2") == 0;
    if (wide || narrow)
        setenv("OPENBLAS_CORETYPE", wide ? "SKYLAKEX" : "HASWELL", 1);
    if (narrow) {
        setenv("ATEN_CPU_CAPABILITY", "avx2", 1);
        setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
        setenv("DNNL_MAX_CPU_ISA", "AVX2", 1);
    }
    unsetenv("OPENBLAS_L2_SIZE");
}

struct blas *blas_open(const char *isa) {
    set_peers(isa);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return NULL;
    struct blas *blas = checked_alloc(1, sizeof *blas);
    blas->library = library;
    if (find(library, sizeof(real) == 4 ? "cblas_sgemm" : "cblas_dgemm",
             &blas->gemm) &&
        find(library, "openblas_set_num_threads", &blas->set_threads) &&
        find(library, "openblas_get_corename", &blas->kernel))
        return blas;
    blas_close(blas);
    return NULL;
}

void blas_close(struct blas *blas) {
    if (blas == NULL)
        return;
    dlclose(blas->library);
    free(blas);
}

const char *blas_kernel(const struct blas *blas) { return blas->kernel(); }

void blas_threads(const struct blas *blas, size_t threads) {
    blas->set_threads((int)threads);
}

void blas_product(const struct blas *blas, const struct matmul *x) {
    blas->gemm(ROW_MAJOR, x->a_transposed ? TRANSPOSED : STRAIGHT,
               x->b_transposed ? TRANSPOSED : STRAIGHT, (int)x->m,
               (int)x->n, (int)x->k, 1, x->a,
               (int)(x->a_transposed ? x->m : x->k), x->b,
               (int)(x->b_transposed ? x->k : x->n), 0, x->c, (int)x->n);
}
