#include "workshop/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include "workshop/scratch.h"

/* Catches a message that overruns its place or that returns true. */
Test(fail, a_line_that_is_too_long_is_cut) {
    struct error err;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_assert(!error_set(&err, "%s", text));
    cr_assert_eq(strlen(err.text), sizeof err.text - 1);
    cr_assert(!error_set(NULL, "%s", text));
}

/* Catches a file's name that moves the cursor or adds a line. */
Test(fail, a_message_is_one_line_whatever_it_quotes) {
    struct error err;
    error_set(&err, "%s: is missing", "a\nb\033[2Jc\177\t");
    assert_one_line(&err);
    assert_says(err, ": is missing");
}

/* Catches malloc where calloc was promised, and count * size wrapping. */
Test(fail, memory_is_zeroed) {
    unsigned char *bytes = checked_alloc(1000, 3);
    for (size_t i = 0; i < 3000; i++) cr_assert(bytes[i] == 0);
    free(bytes);
    free(checked_alloc(0, 8));
}

Test(fail, a_product_of_sizes_that_overflows_dies, .signal = SIGABRT) {
    checked_alloc(SIZE_MAX / 2, 3);
}

/* Catches a place that is checked_alloc's own, and a lost line. */
Test(fail, die_names_file_and_line_of_its_caller) {
    int ends[2];
    cr_assert(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        die("op_add: shapes [%d] and [%d]", 2, 3);
    }
    close(ends[1]);
    char text[200] = "";
    cr_assert(read(ends[0], text, sizeof text - 1) > 0);
    int status;
    waitpid(child, &status, 0);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    cr_assert(strstr(text, "fail.c:") != NULL, "%s", text);
    cr_assert(strstr(text, ": op_add: shapes [2] and [3]\n") != NULL);
}

/* what a program that printed something exits with, its stdout on fd */
static int status_of_program(int fd) {
    pid_t child = fork();
    if (child == 0) {
        signal(SIGPIPE, SIG_IGN);
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 2);
        dup2(fd, 1);
        printf("a table of results\n");
        _exit(program_end("test"));
    }
    int status;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Catches a success that is reported although the results are lost. */
Test(fail, a_full_disk_under_stdout_is_a_failure) {
    int full = open("/dev/full", O_WRONLY);
    if (full < 0) cr_skip_test("no /dev/full here");
    cr_assert_eq(status_of_program(full), 1);
}

/* Catches "chapter4 | head" ending in an error. */
Test(fail, a_reader_that_went_away_is_none) {
    int ends[2];
    cr_assert(pipe(ends) == 0);
    close(ends[0]);
    cr_assert_eq(status_of_program(ends[1]), 0);
}
