#!/bin/sh
# The proof of an exercise fails when a wrong answer passes, when the
# solution fails, when the hint is not the one expected, and when a part
# is missing.
set -eu
echo '#include <criterion/criterion.h>' | ${CC:-cc} -E - > /dev/null 2>&1 ||
    { echo "Criterion is not installed"; exit 77; }
top=$PWD; cd "$TMP"
mkdir -p tangled chapters
cp -r "$top/tangled/press" tangled
grep 'exercise #ex:A\.1 ' "$top/chapters/app-a-press.nw" > chapters/a.nw
BUILD=$TMP/build; export BUILD
one=tangled/solutions/A.1

fresh() { rm -rf tangled/solutions; mkdir tangled/solutions
          cp -r "$top/tangled/solutions/A.1" tangled/solutions; }
prove() { sh tangled/press/exercise.sh prove > out 2>&1; }
fails() { ! prove && grep -qF -e "$1" out ||
    { echo "wanted: $1"; cat out; exit 1; }; }

fresh; prove || { cat out; exit 1; }
grep -q '1 stubs and 2 wrong answers fail' out
cp $one/solution.c $one/wrong1.c
fails 'wrong1.c: passes the test'
fresh; cp $one/solution.c $one/stub.c
fails 'stub.c: passes the test'
fresh; cp $one/wrong1.c $one/solution.c
fails 'solution.c: fails the test'
fresh; sed 's/expect: .*first/expect: the phase of the moon/' \
    "$top/$one/wrong1.c" > $one/wrong1.c
fails "without the words 'the phase of the moon"
fresh; echo 'no C' > $one/stub.c
fails 'stub.c: should compile, and fail at a check'
fresh; rm $one/wrong2.c
fails 'has no'
fresh; : > chapters/a.nw
fails 'there is no exercise A.1'
