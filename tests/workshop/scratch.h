/* A folder of a test's own, and what tests of files need. */
#ifndef TESTS_WORKSHOP_SCRATCH_H
#define TESTS_WORKSHOP_SCRATCH_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "workshop/fail.h"

static char scratch_folder[64];

static inline void scratch_begin(void) {
    strcpy(scratch_folder, "/tmp/workshop-test-XXXXXX");
    cr_assert(mkdtemp(scratch_folder) != NULL);
    cr_assert(chdir(scratch_folder) == 0);
}

static inline void scratch_end(void) {
    char command[96];
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_folder);
    cr_assert(chdir("/") == 0 && system(command) == 0);
}

static inline void scratch_write(const char *path, const void *bytes,
                                 size_t count) {
    FILE *out = fopen(path, "wb");
    cr_assert(out != NULL);
    cr_assert(fwrite(bytes, 1, count, out) == count);
    cr_assert(fclose(out) == 0);
}

/* the whole file, ended by a zero; to be given to free() */
static inline char *scratch_read(const char *path, size_t *count) {
    FILE *in = fopen(path, "rb");
    cr_assert(in != NULL, "%s is missing", path);
    char *bytes = calloc(1 << 22, 1);
    *count = fread(bytes, 1, (1 << 22) - 1, in);
    fclose(in);
    return bytes;
}

static inline bool scratch_exists(const char *path) {
    return access(path, F_OK) == 0;
}

/* an error must be one printable line that is not empty */
static inline void assert_one_line(const struct error *err) {
    cr_assert(err->text[0] != '\0', "no line was written");
    for (const char *c = err->text; *c != '\0'; c++)
        cr_assert((unsigned char)*c >= ' ', "a control character");
}

#define assert_says(err, words) \
    cr_assert(strstr((err).text, words) != NULL, "\"%s\" lacks \"%s\"", \
              (err).text, words)

/* a fixed stream of numbers, so that a failing case can be repeated */
static inline unsigned scratch_random(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

#endif
