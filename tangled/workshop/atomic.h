/* From chapters/app-b-workshop.nw (edit that, then make tangle) */
#ifndef WORKSHOP_ATOMIC_H
#define WORKSHOP_ATOMIC_H

#include <stdbool.h>
#include <stdio.h>
#include "workshop/fail.h"

/* A file under construction: written to PATH.part, which becomes PATH when
   it is committed. Until then PATH keeps what it held. What is no regular
   file, such as /dev/stdout, is written directly; a symbolic link to a
   file is replaced by the new one. */
struct atomic_file;

/* NULL, and a line in err, when the folder does not let us, or another
   process is writing the same file. */
struct atomic_file *atomic_open(const char *path, struct error *err);
FILE *atomic_stream(struct atomic_file *file);      /* to write to */

/* finish or abandon a file */
/* Flushes to the disk and renames. When any write has failed, removes
   PATH.part and returns false. Frees the object in either case. */
bool atomic_commit(struct atomic_file *file, struct error *err);
void atomic_abandon(struct atomic_file *file);      /* removes PATH.part */

/* The same for bytes that are ready. */
bool atomic_write(const char *path, const void *bytes, size_t count,
                  struct error *err);

/* Makes the folder in which the file path is to stand, and those above. */
bool atomic_make_folder(const char *path, struct error *err);

#endif
