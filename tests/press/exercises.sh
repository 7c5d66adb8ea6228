#!/bin/sh
# The grader has a word for every way in which an answer can go wrong.
set -eu
echo '#include <criterion/criterion.h>' | ${CC:-cc} -E - > /dev/null 2>&1 ||
    { echo "Criterion is not installed"; exit 77; }
top=$PWD; cd "$TMP"
ln -sn "$top/tangled" tangled; ln -sn "$top/chapters" chapters
BUILD=$TMP/build; GRADE_SECONDS=1; export BUILD GRADE_SECONDS
grader="sh tangled/press/exercise.sh"
answer=exercises/A.1-relative-difference.c

$grader stubs > out
grep -q "^$answer$" out
$grader status | grep -q '^A.1 .* not begun'
! $grader grade A.1 > out 2>&1       # the stub fails, at a check
grep -q '^  got ' out
grep -q '^  tried .*relative_difference(100, 100)' out
grep -q '^Read again: .*Exercises that are graded' out

echo '/* mine */' >> $answer
$grader stubs > out                  # never over a reader's work
grep -q 'mine' $answer
$grader status | grep -q '^A.1 .* changed since'

try() {     # try PASSES WORDS BODY
    printf '%s\n' '#include "solutions/A.1/exercise.h"' \
        '#include <math.h>' '#include <stdio.h>' '#include <stdlib.h>' \
        "double relative_difference(double a, double b) { $3 }" > $answer
    if $grader grade A.1 > out 2>&1; then passes=yes; else passes=no; fi
    [ $passes = "$1" ] && tr '\n' ' ' < out | grep -qF -e "$2" ||
        { echo "passes: $passes; wanted '$2' for $3"; cat out; exit 1; }
}
try no 'had not returned' 'for (;;) { a += *(volatile double *)&b; }'
try no 'memory that is not its own' \
    'volatile double *p = (double *)8; return *p + a + b;'
try no 'not a number' 'return sqrt(-1 - a * a - b * b);'
try no 'does not compile' 'return a + b'
try no 'conflicting types' 'return 0; } int relative_difference(int a) {'
try no 'undefined reference' 'return a + b; } extern double none(void);
    double more(void); double more(void) { return none();'
try no 'whole number by zero' \
    'volatile int none = 0; return 7 / none + a + b;'
try no 'aborted' 'abort(); return a + b;'
try no 'printed more than a megabyte' \
    'for (;;) printf("%4000g\n", a * b);'
try no 'before the test did' 'exit(0); return a + b;'
try no 'twice what it should be' \
    'return a == b ? 0 : 2 * fabs(a - b) / fmax(fabs(a), fabs(b));'
try no '| looking at 100' 'printf("looking at %g\n", a); return b;'
try no 'divided by the first number' \
    'return a == b ? 0 : fabs(a - b) / fabs(a);'
if echo 'int main(void) { return 0; }' | ${CC:-cc} -x c - \
        -fsanitize=address,undefined -o none 2> /dev/null
then
    try no "Look at $answer:5: an access outside an allocated block" \
        'double *p = malloc(8); p[(int)b - 98] = a; return p[0];'
fi
try yes 'is solved' \
    'return a == b ? 0 : fabs(a - b) / fmax(fabs(a), fabs(b));'
$grader status | grep -q '^A.1 .* solved$'
cp tangled/solutions/A.1/wrong1.c $answer       # as the book shows it
! $grader grade A.1 > out
awk '/^```/ { shown = 0 } /^Exercise A.1 is not solved/ { shown = 1 } shown' \
    chapters/app-a-press.nw | diff - out
cp tangled/solutions/A.1/solution.c $answer
$grader grade A.1 > out
$grader status | grep -q '^1 of .* solved$'
! CC="${CC:-cc} -nostdinc" $grader grade A.1 > out
grep -q 'make setup-all$' out && [ "$(wc -l < out)" -eq 1 ]
! CC=no-such-compiler $grader grade A.1 > out
grep -q 'make setup$' out && [ "$(wc -l < out)" -eq 1 ]
! $grader grade 9.9 > out
grep -q 'no exercise 9.9' out
