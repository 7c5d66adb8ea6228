#!/bin/sh
# An include of a higher floor is found, with its file and line.
set -eu
top=$TMP/tangled
for floor in workshop 00-foundations 04-vae 05-beta performance \
             solutions/4.1 press; do
    mkdir -p "$top/$floor"
done
sh tangled/press/floors.sh

try() {     # try ok|bad FILE INCLUDE
    printf '/* a comment */\n#include "%s"\n' "$3" > "$top/$2"
    if sh tangled/press/floors.sh "$top" > "$TMP/out" 2>&1
    then found=ok; else found=bad; fi
    [ $found = "$1" ] || { echo "$2 includes $3: $found"; exit 1; }
    [ $found = ok ] || grep -q "^$2:2: " "$TMP/out" ||
        { echo "no file and line:"; cat "$TMP/out"; exit 1; }
    rm "$top/$2"
}
try ok  04-vae/vae.c                04-vae/vae.h
try ok  04-vae/vae.c                00-foundations/tape.h
try ok  04-vae/vae.c                workshop/pool.h
try bad 04-vae/vae.c                05-beta/beta.h
try bad 04-vae/vae.c                performance/fast.h
try bad 04-vae/vae.c                press/grade.h
try bad 04-vae/vae.h                solutions/4.1/exercise.h
try bad 04-vae/vae.c                vae.h
try bad 04-vae/vae.c                ../05-beta/beta.h
try bad 00-foundations/tape.c       04-vae/vae.h
try bad workshop/pool.c             00-foundations/real.h
try ok  performance/fast.c          00-foundations/kernels.h
try ok  performance/fast.c          00-foundations/convolution.h
try ok  performance/fast.c          workshop/pool.h
try bad performance/fast.c          00-foundations/tape.h
try bad performance/fast.c          04-vae/vae.h
try ok  performance/bench-step.c    04-vae/vae.h
try ok  solutions/4.1/test.c        press/grade.h
try ok  press/tool.c                04-vae/vae.h
