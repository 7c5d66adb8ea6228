#include "workshop/atomic.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "workshop/scratch.h"

TestSuite(atomic, .init = scratch_begin, .fini = scratch_end);

static void assert_holds(const char *path, const char *text) {
    size_t count;
    char *bytes = scratch_read(path, &count);
    cr_assert_str_eq(bytes, text);
    free(bytes);
}

/* Catches writing in place, and a part that is left behind. */
Test(atomic, a_file_keeps_its_old_contents_until_the_commit) {
    struct error err;
    cr_assert(atomic_write("a", "old", 3, &err));
    struct atomic_file *file = atomic_open("a", &err);
    fprintf(atomic_stream(file), "a longer new text");
    fflush(atomic_stream(file));
    assert_holds("a", "old");
    cr_assert(atomic_commit(file, &err));
    assert_holds("a", "a longer new text");
    cr_assert(!scratch_exists("a.part"));
}

Test(atomic, an_abandoned_file_leaves_no_trace) {
    struct error err;
    cr_assert(atomic_write("a", "old", 3, &err));
    struct atomic_file *file = atomic_open("a", &err);
    fprintf(atomic_stream(file), "new");
    atomic_abandon(file);
    assert_holds("a", "old");
    cr_assert(!scratch_exists("a.part"));
}

/* Catches bytes of a longer part, left by a killed program, behind ours. */
Test(atomic, the_part_of_a_killed_program_is_used_up) {
    struct error err;
    scratch_write("a.part", "what a killed program left", 26);
    cr_assert(atomic_write("a", "new", 3, &err));
    assert_holds("a", "new");
    cr_assert(!scratch_exists("a.part"));
}

/* Catches two programs that write into one part. */
Test(atomic, a_second_program_is_refused_while_the_first_writes) {
    struct error err;
    struct atomic_file *file = atomic_open("a", &err);
    fprintf(atomic_stream(file), "the first");
    pid_t child = fork();
    if (child == 0)
        _exit(atomic_write("a", "the second", 10, &err)
              || strstr(err.text, "another program") == NULL);
    int status;
    waitpid(child, &status, 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert(atomic_commit(file, &err));
    assert_holds("a", "the first");
}

/* Catches half a file under the final name, and an old one that is lost. */
Test(atomic, a_full_disk_leaves_the_old_file_and_no_part) {
    struct error err;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(atomic_write("a", "old", 3, &err));
    struct rlimit limit = {10000, RLIM_INFINITY};
    cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    char *bytes = calloc(1, 100000);
    bool written = atomic_write("a", bytes, 100000, &err);
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    cr_assert(!written);
    assert_one_line(&err);
    assert_says(err, "a: cannot be written: ");
    assert_holds("a", "old");
    cr_assert(!scratch_exists("a.part"));
    free(bytes);
}

/* Catches a rename over what is no file. A pipe stands for devices here: a
   test that failed on /dev/null itself would have removed it. */
Test(atomic, a_pipe_is_written_and_not_replaced) {
    struct error err;
    struct stat about;
    char text[5] = "";
    cr_assert(mkfifo("pipe", 0666) == 0);
    int in = open("pipe", O_RDONLY | O_NONBLOCK);
    cr_assert(atomic_write("pipe", "text", 4, &err), "%s", err.text);
    cr_assert(stat("pipe", &about) == 0 && S_ISFIFO(about.st_mode));
    cr_assert(read(in, text, 4) == 4 && strcmp(text, "text") == 0);
    cr_assert(!scratch_exists("pipe.part"));
}

/* Catches an error that goes unnoticed when bytes wait in a buffer. */
Test(atomic, a_full_device_is_an_error) {
    struct error err;
    if (!scratch_exists("/dev/full")) cr_skip_test("no /dev/full here");
    cr_assert(symlink("/dev/full", "full") == 0);
    cr_assert(!atomic_write("full", "text", 4, &err));
    assert_says(err, "full: cannot be written: No space left");
    static char bytes[100000];
    cr_assert(!atomic_write("full", bytes, sizeof bytes, &err));
    assert_says(err, "full: cannot be written: No space left");
}

Test(atomic, a_missing_folder_is_named) {
    struct error err;
    cr_assert(atomic_open("none/a", &err) == NULL);
    assert_says(err, "none/a: cannot be written: No such file");
    cr_assert(atomic_open(".", &err) == NULL);
    assert_one_line(&err);
}

Test(atomic, folders_are_made_as_deep_as_needed) {
    struct error err;
    cr_assert(atomic_make_folder("x/y/z/file", &err));
    cr_assert(atomic_make_folder("x/y/z/file", &err));
    cr_assert(scratch_exists("x/y/z") && !scratch_exists("x/y/z/file"));
    cr_assert(atomic_make_folder("file", &err));
    scratch_write("plain", "", 0);
    cr_assert(!atomic_make_folder("/dev/null/x/y", &err));
    assert_one_line(&err);
}
