#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: exercise.sh stubs | grade N.M | status | prove
set -u
press=$(dirname "$0"); tangled=${press%/press}; build=${BUILD:-build}
cc=${CC:-cc}; seconds=${GRADE_SECONDS:-10}; work=$build/exercises
library=$build/float/libbook.a; [ -e "$library" ] || library=
criterion=$(pkg-config --cflags --libs criterion 2> /dev/null) ||
    criterion=-lcriterion
includes=$(pkg-config --cflags criterion 2> /dev/null) || includes=
flags="-std=c17 -D_POSIX_C_SOURCE=200809L -O2 -g -ffp-contract=off
       -fno-math-errno -fno-trapping-math -Wall -Wextra -I$tangled"
# list the exercises that ask for code
list_exercises() {
    awk '
    /^ *```/ { fenced = !fenced }
    !fenced && /^:::+ *\{\.exercise / && / kind=implement/ {
        printf "%s|%s|%s|%s:%d\n", value("#ex:"), value("level="),
               value("name="), FILENAME, FNR
    }
    function value(key,    rest) {
        if (!index($0, key)) return "-"
        rest = substr($0, index($0, key) + length(key))
        sub(/[ }].*/, "", rest)
        return rest
    }' chapters/*.nw
}
list_sections() {
    printed=$build/weave/book.aux; [ -e "$printed" ] || printed=/dev/null
    awk '
    /^\\newlabel\{sec:/ { split($0, part, /[{}]+/)
                          page[part[2]] = part[3] }
    FNR == 1 { n[0] = FILENAME; sub(/.*\//, "", n[0])
               sub(/^app-/, "", n[0]); sub(/-.*/, "", n[0])
               n[0] = n[0] ~ /^[0-9]/ ? n[0] + 0 : toupper(n[0])
               n[1] = n[2] = n[3] = 0 }
    /^ *```/ || /^<<.*>>=$/ || /^@( |$)/ {
        # step into code, or out of it
        code = /^ *```/ ? !code : /^<</
    }
    !code && /^##+ / && !/\.unnumbered|\{-\}/ {
        # count the heading and print it
        depth = length($1) - 1
        n[depth]++; for (i = depth + 1; i <= 3; i++) n[i] = 0
        number = n[0]; for (i = 1; i <= depth; i++) number = number "." n[i]
        if (!match($0, /\{#sec:[a-z0-9-]+/)) next
        label = substr($0, RSTART + 2, RLENGTH - 2)
        title = $0; sub(/^#+ */, "", title); sub(/ *\{#.*/, "", title)
        print label "\t" title "\t" number "\t" page[label]
    }' "$printed" chapters/*.nw
}
# judge one answer
judge() {   # judge NUMBER ANSWER DIRECTORY: is it right?
    n=$1; answer=$2; into=$3; mkdir -p "$into"; rm -f "$into"/*
    # compile the answer, or show the compiler's words
    if ! $cc $flags -c "$answer" -o "$into/answer.o" 2> "$into/words"; then
        echo "Exercise $n does not compile yet. The compiler says:"
        echo; cat "$into/words"; echo
        echo "Begin with the first message; the others may follow from it."
        return 1
    fi
    cat "$into/words"
    # compile the test and link
    test=$tangled/solutions/$n/test.c
    if ! $cc $flags $includes -c "$test" -o "$into/test.o" ||
       ! $cc $flags $includes -c "$press/grade.c" -o "$into/grade.o"
    then
        echo "Exercise $n: its test does not compile. That is the book's" \
             "mistake, not yours."
        return 1
    fi
    if ! $cc "$into/answer.o" "$into/test.o" "$into/grade.o" $library \
            $criterion -lm -lpthread -o "$into/test" 2> "$into/words"
    then
        echo "Exercise $n compiles, but cannot be linked:"; echo
        sed -n 's/.*\(undefined reference to.*\)/  \1/p
                s/.*\(multiple definition of [^;:]*\).*/  \1/p' "$into/words" |
            sort -u
        echo; echo "Undefined: a function is missing, or its name was changed."
        echo "Multiple: a name is taken; make your helpers static."
        return 1
    fi
    : > "$into/log"; list_sections > "$into/sections"
    ( ulimit -f 2048
      ulimit -v 4000000 2> /dev/null || :
      GRADE_LOG=$into/log GRADE_SECONDS=$seconds TERM=dumb \
          "$into/test" -j1 --fail-fast > "$into/said" 2>&1 )
    status=$?
    if grep -v '^\[[-=A-Z ]*\]' "$into/said" > "$into/own"; then
        echo "Your program printed:"; sed 's/^/  | /;20q' "$into/own"
    fi
    awk -f "$press/answer.awk" -v number="$n" -v status=$status \
        -v seconds="$seconds" "$into/sections" "$into/log" && return 0
    second_look
    return 1
}
# look again with the sanitizers on
second_look() {
    if [ -n "${PROVING-}" ] || grep -q '^signal.14' "$into/log"
    then return; fi
    $cc $flags -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
        $includes "$answer" "$test" "$press/grade.c" $library \
        $criterion -lm -lpthread -o "$into/watched" \
        2> /dev/null || return
    GRADE_LOG=/dev/null TERM=dumb "$into/watched" -j1 --fail-fast \
        > "$into/watch" 2>&1
    awk -v answer="$answer:" '
    BEGIN { means["heap-buffer-overflow"] = "outside an allocated block"
            means["stack-buffer-overflow"] = "outside a local array"
            means["global-buffer-overflow"] = "outside a global array"
            means["heap-use-after-free"] = "to memory already freed"
            means["stack-overflow"] = "past the stack, by calls without end"
            means["SEGV"] = "through a pointer to nowhere" }
    /ERROR: AddressSanitizer: / { kind = $0; sub(/.*Sanitizer: /, "", kind)
                                  sub(/ .*/, "", kind) }
    at = index($0, answer) { line = substr($0, at + length(answer)) + 0 }
    at && kind != ""       { said = "an access " (kind in means ? \
                                                  means[kind] : kind); exit }
    at && said == "" && sub(/.*runtime error: /, "") { said = $0 }
    END { if (said != "") print "Look at " answer line ": " said "." }' "$into/watch"
}
# hand out the stubs
hand_out_stubs() {
    mkdir -p exercises || return 1
    list_exercises | { new=0; kept=0
    while IFS='|' read -r number level name place; do
        if [ -n "$(answer_to "$number")" ]; then
            kept=$((kept + 1)); continue
        fi
        sed 1d "$tangled/solutions/$number/stub.c" \
            > "exercises/$number-$name.c" || return 1
        echo "exercises/$number-$name.c"; new=$((new + 1))
    done
    echo "$new new, $kept left as they were. make exercise4.1 grades one," \
         "make exercises-status lists all."; }
}
answer_to() {
    for file in exercises/"$1"-*.c; do
        if [ -e "$file" ]; then echo "$file"; return; fi
    done
}
# grade one exercise
grade_exercise() {
    need_tools || return 1
    answer=$(answer_to "$1")
    if [ ! -e "$tangled/solutions/$1/test.c" ]; then
        # say why there is nothing to grade
        if grep -q "{\.exercise #ex:$1 " chapters/*.nw; then
            echo "Exercise $1 asks for pencil or experiment, not for a program." \
                 "Its hint and its solution are in the appendix of solutions."
        else
            echo "There is no exercise $1. These are graded:" \
                 $(list_exercises | cut -d'|' -f1)
        fi
        return 1
    elif [ -z "$answer" ]; then
        echo "Exercise $1 has not been handed out: make exercises."
        return 1
    fi
    judge "$1" "$answer" "$work/$1"
    passed=$?
    echo "$passed $(cksum < "$answer")" > "$work/$1.result"
    return $passed
}
need_tools() {
    command -v "${cc%% *}" > /dev/null ||
        { echo "Grading needs a C compiler: make setup"; return 1; }
    echo '#include <criterion/criterion.h>' |
        $cc $includes -E - > /dev/null 2>&1 ||
        { echo "Grading needs Criterion: make setup-all"; return 1; }
}
# show what is done
show_status() {
    list_exercises | { solved=0; all=0
    while IFS='|' read -r number level name place; do
        answer=$(answer_to "$number"); all=$((all + 1))
        # find the state of one exercise
        if [ -z "$answer" ]; then state="not handed out (make exercises)"
        elif sed 1d "$tangled/solutions/$number/stub.c" | cmp -s - "$answer"
        then state="not begun"
        elif [ ! -e "$work/$number.result" ]; then state="not graded"
        else
            read -r passed sum < "$work/$number.result"
            if [ "$sum" != "$(cksum < "$answer")" ]
            then state="changed since it was graded"
            elif [ "$passed" != 0 ]; then state="not solved yet"
            else state="solved"; solved=$((solved + 1)); fi
        fi
        case $level in
        1) stars='*' ;; 2) stars='**' ;; *) stars='***' ;;
        esac
        printf '%-6s %-3s %-32s %s\n' "$number" "$stars" "$name" "$state"
    done
    echo "$solved of $all solved"; }
}
# prove that every exercise judges rightly
prove_all() {
    need_tools || return 1
    proof=$work/proof; rm -rf "$proof"; mkdir -p "$proof"
    complaints=0; exercises=0; wrongs=0
    # prove that exercises and folders match
    list_exercises > "$proof/list"
    while IFS='|' read -r n level name place; do
        [ "$name" != - ] || complain "$place: exercise $n has no name="
        for part in stub test solution wrong1 wrong2; do
            [ -e "$tangled/solutions/$n/$part.c" ] ||
                complain "$place: exercise $n has no <<solutions/$n/$part.c>>"
        done
    done < "$proof/list"
    for folder in "$tangled"/solutions/*/; do
        n=${folder%/}; n=${n##*/}
        [ ! -d "$folder" ] || grep -q "^$n|" "$proof/list" ||
            complain "$folder: there is no exercise $n of kind=implement"
    done
    for test in "$tangled"/solutions/*/test.c; do
        [ -e "$test" ] || continue
        n=${test%/test.c}; n=${n##*/}; exercises=$((exercises + 1))
        # prove one exercise
        for answer in "$tangled/solutions/$n"/*.c; do
            role=${answer##*/}; role=${role%.c}; [ "$role" != test ] || continue
            said=$proof/$n-$role.txt
            PROVING=1 judge "$n" "$answer" "$proof/$n-$role" > "$said" 2>&1
            passed=$?
            wants=$(sed -n 's|.*expect: *||; t found
                            d; :found
                            s| *\*/.*||; p; q' "$answer")
            case $role$passed in
            stub0|wrong*0) complain "$answer: passes the test, and should not" ;;
            solution1)     complain "$answer: fails the test (see $said)" ;;
            stub1)  grep -q -e '^  got' -e '^  should' "$said" ||
                        complain "$answer: should compile, and fail at a check" \
                                 "(see $said)" ;;
            wrong*) wrongs=$((wrongs + 1))
                    if [ -z "$wants" ]; then
                        complain "$answer: has no comment /* expect: part of the hint */"
                    elif ! tr '\n' ' ' < "$said" | grep -qF -e "$wants"; then
                        complain "$answer: fails without the words '$wants' (see $said)"
                    fi ;;
            esac
        done
    done
    [ $complaints = 0 ] || return 1
    echo "exercises: $exercises stubs and $wrongs wrong answers fail as" \
         "they should, $exercises solutions pass"
}
complain() {
    echo "$1" >&2; complaints=$((complaints + 1))
}
case ${1-} in
stubs)  hand_out_stubs ;;
grade)  grade_exercise "${2:?usage: exercise.sh grade N.M}" ;;
status) show_status ;;
prove | --prove) prove_all ;;
*)      sed -n 's/^# //p;3q' "$0" >&2; exit 2 ;;
esac
