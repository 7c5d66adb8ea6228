/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#include "workshop/atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct atomic_file {
    char *path, *part;              /* part is NULL when path is written */
    FILE *stream;
};

/* lock the part of a file */
/* a descriptor of the locked file, or -1 with errno */
static int open_part(const char *part) {
    for (;;) {
        int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (fd < 0) return -1;
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        struct stat held, named;
        if (fcntl(fd, F_SETLK, &lock) != 0
            && (errno == EACCES || errno == EAGAIN)) {
            close(fd);
            errno = EBUSY;
            return -1;
        }
        if (fstat(fd, &held) == 0 && stat(part, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev)
            return fd;
        close(fd);
    }
}

/* open a file under construction */
/* recognise what cannot be replaced */
static bool is_special(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode);
}


struct atomic_file *atomic_open(const char *path, struct error *err) {
    struct atomic_file *file = checked_alloc(1, sizeof *file);
    size_t length = strlen(path);
    file->path = checked_alloc(length + 1, 1);
    memcpy(file->path, path, length + 1);
    int fd;
    if (is_special(path)) {
        fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        file->part = checked_alloc(length + sizeof ".part", 1);
        snprintf(file->part, length + sizeof ".part", "%s.part", path);
        fd = open_part(file->part);
    }
    if (fd >= 0 && (file->part == NULL || ftruncate(fd, 0) == 0))
        file->stream = fdopen(fd, "wb");
    if (file->stream != NULL) return file;
    error_set(err, "%s: cannot be written: %s", path, errno == EBUSY
              ? "another program is writing it" : strerror(errno));
    if (fd >= 0) close(fd);
    /* free a file under construction */
    free(file->path);
    free(file->part);
    free(file);
    return NULL;
}

FILE *atomic_stream(struct atomic_file *file) { return file->stream; }
/* move the part into its place */
/* bring a folder to the disk */
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    char *folder = checked_alloc(length + 2, 1);
    memcpy(folder, length > 0 ? path : ".", length > 0 ? length : 1);
    int fd = open(folder, O_RDONLY | O_CLOEXEC);
    free(folder);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

bool atomic_commit(struct atomic_file *file, struct error *err) {
    FILE *out = file->stream;
    errno = 0;
    bool good = !ferror(out) && fflush(out) == 0;
    if (errno == 0 && !good && write(fileno(out), "", 1) == 1) errno = EIO;
    if (good && file->part != NULL)
        good = fsync(fileno(out)) == 0
            && rename(file->part, file->path) == 0;
    if (good && file->part != NULL) sync_folder(file->path);
    if (!good) {
        error_set(err, "%s: cannot be written: %s", file->path,
                  strerror(errno));
        if (file->part != NULL) unlink(file->part);
    }
    fclose(out);
    /* free a file under construction */
    free(file->path);
    free(file->part);
    free(file);
    return good;
}

/* abandon a file under construction */
void atomic_abandon(struct atomic_file *file) {
    if (file->part != NULL) unlink(file->part);
    fclose(file->stream);
    /* free a file under construction */
    free(file->path);
    free(file->part);
    free(file);
}

/* write bytes atomically */
bool atomic_write(const char *path, const void *bytes, size_t count,
                  struct error *err) {
    struct atomic_file *file = atomic_open(path, err);
    if (file == NULL) return false;
    fwrite(bytes, 1, count, file->stream);
    return atomic_commit(file, err);
}

/* make the folder of a file */
bool atomic_make_folder(const char *path, struct error *err) {
    size_t length = strlen(path);
    char *folder = checked_alloc(length + 1, 1);
    memcpy(folder, path, length + 1);
    bool good = true;
    for (size_t i = 1; good && i < length; i++) {
        if (folder[i] != '/') continue;
        folder[i] = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            good = error_set(err, "%s: cannot be made: %s", folder,
                             strerror(errno));
        folder[i] = '/';
    }
    free(folder);
    return good;
}
