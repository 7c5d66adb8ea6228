#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: check.sh [all], from make, which sets BUILD, JOBS and MAKE
set -u
press=tangled/press; log=$BUILD/check; rm -rf "$log"; mkdir -p "$log"
passed=0; failed=0; skipped=0
# count one part
part() {
    name=$1; shift; file=$log/$(echo "$name" | tr ' /' '--').log
    if "$@" > "$file" 2>&1; then
        passed=$((passed + 1)); echo "ok      $name"
    else
        failed=$((failed + 1)); echo "FAILED  $name"
        tail -n 25 "$file" | sed 's/^/        /'
    fi
}
tangled_is_fresh() {
    [ -x /usr/lib/noweb/markup ] ||
        { echo "needs noweb: make setup-all"; return 1; }
    rm -rf "$BUILD/tangled-now"
    sh $press/tangle.sh "$BUILD/tangled-now" > /dev/null &&
        diff -r "$BUILD/tangled-now" tangled
}
# count Criterion's tests
criterion() {
    "$BUILD/test-$1" -j"$JOBS" --color=never > "$log/test-$1.log" 2>&1
    status=$?
    set -- "$1" $(sed -n '/Synthesis:/s/[^0-9 ]//gp' "$log/test-$1.log")
    if [ $status = 0 ] && [ "${3:-0}" -gt 0 ] && [ "$2" = "$3" ]; then
        passed=$((passed + $3)); echo "ok      $3 tests with real = $1"
    else
        passed=$((passed + ${3:-0})); bad=$((${4:-0} + ${5:-0}))
        failed=$((failed + (bad > 0 ? bad : 1)))
        echo "FAILED  tests with real = $1"
        grep -v '^\[.*====\]' "$log/test-$1.log" | tail -n 25
    fi
}
# count the tests that are scripts
scripts() {
    for script in tests/*/*.sh; do
        [ -e "$script" ] || continue
        name=${script#tests/}; file=$log/$(echo "$name" | tr / -).log
        TMP=$(mktemp -d); export TMP BUILD MAKE
        sh "$script" > "$file" 2>&1; status=$?; rm -rf "$TMP"
        case $status in
        0)  passed=$((passed + 1)); echo "ok      $name" ;;
        77) skipped=$((skipped + 1))
            echo "skipped $name: $(tail -n 1 "$file")" ;;
        *)  failed=$((failed + 1)); echo "FAILED  $name"
            tail -n 25 "$file" | sed 's/^/        /' ;;
        esac
    done
}
# the parts that only check-all runs
sanitized() {
    $MAKE SANITIZE=1 "$BUILD/test-$1-sanitize" || return 1
    rm -f "$log"/asan.*
    ASAN_OPTIONS=log_path=$log/asan UBSAN_OPTIONS=print_stacktrace=1 \
        "$BUILD/test-$1-sanitize" -j"$JOBS" --color=never || return 1
    ! cat "$log"/asan.* 2> /dev/null
}
more() {
    part "sanitizers, real = float" sanitized float
    part "sanitizers, real = double" sanitized double
    for main in tangled/[0-9][0-9]-*/main.c; do
        n=${main#tangled/}; n=$(expr "${n%%-*}" + 0)
        part "make chapter$n" $MAKE "chapter$n"
    done
    part "every picture is drawn" $MAKE -B plots
}
begun=$(date +%s)
part "tangled/ is up to date" tangled_is_fresh
part "floors are kept" sh $press/floors.sh
part "everything builds" $MAKE all test-programs
criterion float; criterion double
scripts
part "exercises are fair" sh $press/exercise.sh --prove
part "ledgers replay to the bit" sh $press/replay.sh
part "both editions are woven" $MAKE book html
[ "${1:-}" != all ] || more
echo "check took $(($(date +%s) - begun)) s; details are in $log/"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
