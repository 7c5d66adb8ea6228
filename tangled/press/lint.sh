#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: lint.sh, from make, which sets CFLAGS_ALL and WARNINGS
set -u
bad=0
for cc in gcc clang; do
    command -v $cc > /dev/null || { echo "lint: no $cc here"; continue; }
    for file in $(find tangled -name '*.c' ! -path '*/solutions/*' \
                  ! -path '*/performance/isa-*'); do
        for real in "" -DREAL_IS_DOUBLE; do
            $cc $CFLAGS_ALL $WARNINGS $real -DSOURCE_HASH='""' \
                -MF /dev/null -fsyntax-only "$file" || bad=1
        done
    done
done
# run cppcheck
if command -v cppcheck > /dev/null; then
    cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --force \
        '-D_Noreturn=__attribute__((noreturn))' \
        --enable=warning,portability,performance -Itangled \
        --suppress=missingIncludeSystem --suppress=unknownMacro \
        --suppress=uninitvar:tangled/performance/\* \
        -i tangled/solutions tangled || bad=1
else
    echo "lint: no cppcheck here"
fi
# measure the width of code
awk '/^@ /||/^@$/{code=0} /^<<.*>>=$/{code=1; next}
     code { line = $0; gsub(/[\200-\277]/, "", line)
            if (length(line) > 76 && line !~ /^[^ ]* ?[0-9a-f]{64}$/) {
                print FILENAME ":" FNR ": " length(line) " columns"
                bad = 1 } }
     END { exit bad }' chapters/*.nw || bad=1
[ $bad = 0 ] && echo "lint: nothing to mend"
exit $bad
