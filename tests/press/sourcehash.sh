#!/bin/sh
# The hash of a program is blind to prose, comments, white space and fast
# kernels, and sees every change of plain arithmetic.
set -eu
hasher=$TMP/sourcehash
${CC:-cc} -std=c17 tangled/press/sourcehash.c -o "$hasher"
top=$TMP/tangled; program=04-vae/experiment-x.c
mkdir -p "$top/00-foundations" "$top/04-vae" "$top/workshop" \
    "$top/performance"
cd "$top"
printf '#include "04-vae/vae.h"\nint main(void) { puts("a key"); }\n' \
    > $program
printf '#include "00-foundations/kernels.h"\n' > 04-vae/vae.h
printf 'int vae(void) { return kernel() + 1; }\n' > 04-vae/vae.c
printf '#include "workshop/pool.h"\nint kernel(void);\n' \
    > 00-foundations/kernels.h
printf 'int kernel(void) { return 2 + 3; }\n' > 00-foundations/kernels.c
printf 'int pool(void);\n' > workshop/pool.h
printf 'int pool(void) { return 7; }\n' > workshop/pool.c
printf '#include "00-foundations/kernels.h"\nint kernel(void)' \
    > performance/fast.c
before=$("$hasher" $program)
case $before in
[0-9a-f][0-9a-f]*) [ ${#before} = 16 ] ;;
*) false ;;
esac || { echo "not sixteen hex digits: $before"; exit 1; }

same() { [ "$("$hasher" $program)" = "$before" ] ||
    { echo "the hash should not see: $1"; exit 1; }; }
differs() { [ "$("$hasher" $program)" != "$before" ] ||
    { echo "the hash should see: $1"; exit 1; }; }
change() { cp "$1" "$TMP/kept"; sed "$2" "$TMP/kept" > "$1"
           ! cmp -s "$1" "$TMP/kept" || { echo "no change: $2"; exit 1; }; }
undo() { cp "$TMP/kept" "$1"; }

change 04-vae/vae.c 's|+ 1; }|+ /* "one" */ 1; } // that'"'"'s it|'; same "a comment"
undo 04-vae/vae.c
change 04-vae/vae.c 's| |  |g'; same "white space"; undo 04-vae/vae.c
change workshop/pool.c 's|7|8|'; same "the workshop"
echo 'int more;' >> performance/fast.c; same "a fast kernel"
change 00-foundations/kernels.c 's|2 + 3|3 + 2|'
differs "plain arithmetic"; undo 00-foundations/kernels.c
change 04-vae/vae.c 's|+ 1|- 1|'; differs "the model"; undo 04-vae/vae.c
change $program 's|a key|akey|'; differs "white space in a string"
undo $program
change 00-foundations/kernels.h 's|int kernel|long kernel|'
differs "a header"; undo 00-foundations/kernels.h
same "a change that was undone"

# a program that measures speed sees the workshop, and all of its own floor
program=performance/bench.c
printf '#include "workshop/pool.h"\nint main(void) { return 0; }\n' > $program
before=$("$hasher" $program)
change workshop/pool.c 's|8|9|'; differs "the workshop, in a bench"; undo workshop/pool.c
change performance/fast.c 's|more|less|'; differs "a fast kernel, in a bench"
undo performance/fast.c; same "a change that was undone, in a bench"
program=04-vae/experiment-x.c

"$hasher" --files $program | sort > "$TMP/files"
printf '%s\n' 00-foundations/kernels.c 00-foundations/kernels.h $program \
    04-vae/vae.c 04-vae/vae.h | cmp - "$TMP/files"
echo '#include "04-vae/gone.h"' >> 04-vae/vae.h
! "$hasher" $program > "$TMP/out" 2>&1
grep -q '04-vae/gone.h' "$TMP/out"
