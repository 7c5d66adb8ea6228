/* From chapters/app-c-performance.nw (edit that, then make tangle) */
#include "performance/bench-torch.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "workshop/fail.h"

/* start the peer */
struct torch {
    pid_t process;
    FILE *to, *from;
    char version[256];
};

static _Noreturn void become_python(const int to[2], const int from[2]) {
    dup2(to[0], 0);
    dup2(from[1], 1);
    const int nothing = open("/dev/null", O_WRONLY);
    if (nothing >= 0)
        dup2(nothing, 2);
    for (int i = 0; i < 2; i++) {
        close(to[i]);
        close(from[i]);
    }
    execlp("/usr/bin/python3", "python3",
           "tangled/performance/peer-torch.py", (char *)NULL);
    _exit(127);
}

struct torch *torch_start(void) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        die("bench: no pipes to talk to a peer");
    signal(SIGPIPE, SIG_IGN);
    struct torch *torch = checked_alloc(1, sizeof *torch);
    torch->process = fork();
    if (torch->process == 0)
        become_python(to, from);
    close(to[0]);
    close(from[1]);
    torch->to = fdopen(to[1], "w");
    torch->from = fdopen(from[0], "r");
    /* hear who answers */
    if (torch->process > 0 && torch->to != NULL && torch->from != NULL &&
        fgets(torch->version, sizeof torch->version, torch->from) != NULL) {
        torch->version[strcspn(torch->version, "\n")] = '\0';
        return torch;
    }
    torch_stop(torch);
    return NULL;
}

void torch_stop(struct torch *torch) {
    if (torch == NULL)
        return;
    if (torch->to != NULL)
        fclose(torch->to);
    if (torch->from != NULL)
        fclose(torch->from);
    if (torch->process > 0)
        waitpid(torch->process, NULL, 0);
    free(torch);
}

const char *torch_version(const struct torch *torch) {
    return torch->version;
}

/* ask the peer */
double torch_ask(struct torch *torch, const char *what, size_t threads,
                 size_t blas_threads) {
    char line[128];
    if (torch == NULL)
        return 0;
    fprintf(torch->to, "%s %zu %zu\n", what, threads, blas_threads);
    fflush(torch->to);
    if (fgets(line, sizeof line, torch->from) == NULL)
        return 0;
    return strtod(line, NULL);
}

double torch_best(struct torch *torch, const char *what, size_t threads) {
    double best = INFINITY;
    for (size_t choice = 1; choice < 4; choice++) {
        const size_t own = choice % 2 == 0 ? 1 : threads;
        const size_t blas = choice / 2 == 0 ? 1 : threads;
        const double seconds = torch_ask(torch, what, own, blas);
        if (seconds > 0)
            best = fmin(best, seconds);
    }
    return isfinite(best) ? best : 0;
}
