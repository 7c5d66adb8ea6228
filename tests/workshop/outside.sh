#!/bin/sh
# A small program in the manner of the chapters, and the outside world: each
# trouble is answered by one plain line or handled, and no file is ever half.
set -eu
top=$(pwd)
cat > "$TMP/run.c" <<'C'
#include <inttypes.h>
#include <math.h>
#include <time.h>
#include "workshop/checkpoint.h"
#include "workshop/options.h"
#include "workshop/progress.h"
#include "workshop/safetensors.h"
#include "workshop/signals.h"

enum { SIZE = 100000 };

static bool save(const char *path, const float *w, struct error *err) {
    const struct st_tensor t = {"w", ST_F32, 1, {SIZE}, w,
                                SIZE * sizeof *w};
    return path == NULL || safetensors_write(path, &t, 1, NULL, 0, err);
}

int main(int argc, char **argv) {
    static float w[SIZE];
    struct error err;
    const struct program self = {.purpose = "Waits and saves."};
    struct run_options run = {.seed = 1, .epochs = 100};
    const char *name = options_start(&self, &run, argc, argv);
    signals_install();
    if (run.load != NULL) {
        const size_t shape[] = {SIZE};
        struct safetensors *file = safetensors_open(run.load, &err);
        if (file == NULL) error_exit(name, &err);
        const float *v = safetensors_get(file, "w", ST_F32, 1, shape, &err);
        if (v == NULL) error_exit(name, &err);
        for (size_t i = 1; i < SIZE; i++)
            if (v[i] != v[0]) return 9;         /* a mixture of two saves */
        safetensors_close(file);
        return 0;
    }
    struct progress *progress = progress_new(stdout, "waiting", "epochs",
                                             run.epochs);
    struct checkpoint_timer timer = checkpoint_start(0.002);
    for (size_t epoch = 0; epoch < run.epochs; epoch++) {
        for (size_t i = 0; i < SIZE; i++) w[i] = (float)epoch;
        nanosleep(&(struct timespec){0, 10000000}, NULL);
        progress_step(progress, epoch + 1, (double)NAN);
        progress_note(progress, "epoch %zu", epoch);
        if (checkpoint_due(&timer) && !save(run.save, w, &err))
            error_exit(name, &err);
        if (signals_stop_requested()) break;
    }
    progress_end(progress);
    if (!save(run.save, w, &err)) error_exit(name, &err);
    if (signals_stop_requested()) printf("go on with --resume\n");
    return program_end(name);
}
C
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -Itangled -o "$TMP/run" \
    "$TMP/run.c" tangled/workshop/*.c -lm -lpthread
cd "$TMP"
failed=0
wrong() { echo "wrong: $*"; failed=1; }

# one line on stderr, this status, and these words
expect() {
    status=$1; words=$2; shift 2
    set +e; "$@" > out 2> err; got=$?; set -e
    [ $got = "$status" ] || wrong "status $got of $*"
    [ "$(wc -l < err)" = 1 ] || wrong "not one line: $* $(cat err)"
    grep -q "^run: .*$words" err || wrong "$*: $(cat err)"
}
expect 1 "threads 0: must be" ./run --threads 0
expect 1 "epochs -1: must be" ./run --epochs -1
expect 1 "did you mean --epochs" ./run --epoch 1
expect 1 "none/m: cannot be written" ./run --epochs 1 --save none/m
expect 1 "m.txt: is no safetensors" sh -c 'echo hello > m.txt; ./run --load m.txt'
expect 1 "not a file" ./run --load .

# a full disk, under the model and under stdout
if [ -e /dev/full ]; then
    ln -s /dev/full full
    expect 1 "full: cannot be written: No space" ./run --epochs 1 --save full
    set +e; ./run --epochs 1 2> err > /dev/full; got=$?; set -e
    [ $got = 1 ] && [ "$(wc -l < err)" = 1 ] || wrong "stdout: $(cat err)"
fi
expect 1 "m: cannot be written: File too large" \
    sh -c 'ulimit -f 100; ./run --epochs 1 --save m'
[ ! -e m ] && [ ! -e m.part ] || wrong "a limit left a file"
if mkdir small && mount -t tmpfs -o size=64k none small 2> /dev/null; then
    expect 1 "small/m: cannot be written: No space" \
        ./run --epochs 1 --save small/m
    [ -z "$(ls small)" ] || wrong "a full disk left a file"
    umount small
fi
if [ "$(id -u)" != 0 ]; then
    mkdir locked; chmod 555 locked
    expect 1 "locked/m: cannot be written: Permission" \
        ./run --epochs 1 --save locked/m
fi

# a reader that goes away stops the run quietly, with the model saved
(set +e; ./run --epochs 1000 --save m 2> err; echo $? > status) | head -n 1 > out
[ "$(cat status)" = 0 ] && [ ! -s err ] || wrong "a closed pipe: $(cat err)"
./run --load m || wrong "a closed pipe: the model does not load"

# Ctrl-C saves and ends; a second one ends at once. A shell starts what runs
# in the background with SIGINT ignored, but the program asks for it.
rm -f m
./run --epochs 1000 --save m > out 2> err & pid=$!
sleep 0.3; kill -INT $pid
set +e; wait $pid; got=$?; set -e
[ $got = 0 ] && [ ! -s err ] || wrong "Ctrl-C: status $got"
tail -n 1 out | grep -q "go on with --resume" || wrong "Ctrl-C: $(tail -n 1 out)"
./run --load m || wrong "Ctrl-C: the model does not load"

# killed at any moment, what has the model's name is a whole model
rm -f m m.part; kills=0
while [ $kills -lt 30 ]; do
    ./run --epochs 1000 --save m > /dev/null & pid=$!
    sleep 0.0$((kills * 7 % 10))$((kills * 3 % 10))
    kill -KILL $pid; wait $pid 2> /dev/null || :
    [ ! -e m ] || ./run --load m || wrong "kill $kills: status $?"
    kills=$((kills + 1))
done
[ -e m ] || wrong "nothing was ever saved"
./run --epochs 1 --save m > out || wrong "saving after the kills"
[ ! -e m.part ] || wrong "the part of a killed run was left"

# nothing but plain lines where output is no terminal
LC_ALL=C.UTF-8 TERM=xterm COLORTERM=truecolor ./run --epochs 3 > out
if LC_ALL=C grep -q '[^ -~]' out; then wrong "escapes in a file"; fi
exit $failed
