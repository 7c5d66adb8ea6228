/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "workshop/pages.h"

/* open a regular file */
FILE *file_open(const char *path, size_t *bytes, struct error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    FILE *in = NULL;
    if (fd < 0 || fstat(fd, &about) != 0)
        error_set(err, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(about.st_mode))
        error_set(err, "%s: is %s, not a file", path,
                  S_ISDIR(about.st_mode) ? "a folder" : "a device");
    else if ((in = fdopen(fd, "rb")) == NULL)
        error_set(err, "%s: %s", path, strerror(errno));
    if (in != NULL) *bytes = (size_t)about.st_size;
    else if (fd >= 0) close(fd);
    return in;
}

/* read exactly so many bytes */
bool file_read(FILE *in, const char *path, void *bytes, size_t count,
               struct error *err) {
    errno = 0;
    if (fread(bytes, 1, count, in) == count) return true;
    return error_set(err, "%s: cannot be read: %s", path,
                     errno != 0 ? strerror(errno) : "it ends too early");
}

void *file_alloc(const char *path, size_t count, size_t size,
                 struct error *err) {
    size_t bytes;
    void *memory = NULL;
    if (shape_product(1, &count, size, &bytes) && bytes <= SIZE_MAX - 64)
        memory = aligned_alloc(64, (bytes / 64 + 1) * 64);
    if (memory == NULL)
        error_set(err, "%s: too large for this machine's memory", path);
    else
        pages_advise(memory, bytes);
    return memory;
}

/* reckon with shapes */
const char *shape_text(char text[SHAPE_TEXT], size_t rank,
                       const size_t shape[]) {
    size_t used = (size_t)snprintf(text, SHAPE_TEXT, "[");
    for (size_t i = 0; i < rank && used < SHAPE_TEXT - 32; i++)
        used += (size_t)snprintf(text + used, SHAPE_TEXT - used, "%s%zu",
                                 i > 0 ? ", " : "", shape[i]);
    snprintf(text + used, SHAPE_TEXT - used, "]");
    return text;
}

bool shape_product(size_t rank, const size_t shape[], size_t size,
                   size_t *product) {
    *product = size;
    for (size_t i = 0; i < rank; i++)
        if (shape[i] == 0) *product = 0;
    for (size_t i = 0; i < rank && *product > 0; i++) {
        if (*product > SIZE_MAX / shape[i]) return false;
        *product *= shape[i];
    }
    return true;
}
