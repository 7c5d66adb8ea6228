#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: rerun.sh FLOOR/PROGRAM.c [ARGUMENT…]
#   runs an experiment or a record, compares with the committed ledger
set -u
program=${1:?usage: rerun.sh FLOOR/PROGRAM.c}; shift
[ -e "tangled/$program" ] || { echo "there is no $program"; exit 1; }
press=$(dirname "$0"); build=${BUILD:-build}; make=${MAKE:-make}
floor=${program%%/*}; base=${program##*/}; base=${base%.c}
name=${base#*-}; binary=$build/bin/$floor-$base
out=${RERUN_OUT:-$build/figures}/$floor/$name; committed=figures/$floor
MAKEFLAGS= $make "$binary" "$build/bin/sourcehash" > /dev/null || exit 1
hasher=$(cd "$build/bin" && pwd)/sourcehash
hash=$(cd tangled && "$hasher" "$program") || exit 1
# run the experiment in a folder of its own
if [ "$(cat "$out/.hash" 2> /dev/null)" != "$hash" ]; then
    rm -rf "$out"; mkdir -p "$out"; echo "$hash" > "$out/.hash"
fi
if [ -e "$out/.done" ]; then
    echo "$floor/$name: was run with this code; remove $out to run again"
else
    echo "$floor/$name: running, into $out"
    "$binary" --out "$out" "$@" || exit 1
    [ -e "$out/$name.tsv" ] ||
        { echo "$floor/$name: stopped before its end"; exit 1; }
    touch "$out/.done"
fi
# compare the results with the committed ones
agree=yes; ledger=$committed/$name.tsv
[ -e "$ledger" ] || ledger=/dev/null
awk -f "$press/compare.awk" -v what="$floor/$name" \
    "$out/$name.tsv" "$ledger" || agree=no
for file in "$out"/*.dat "$out"/*.png; do
    [ -e "$file" ] || continue
    cmp -s "$file" "$committed/${file##*/}" && continue
    echo "  ${file##*/} is not the committed one"; agree=no
done
# accept the results, or stamp them anew
if [ -n "${RERUN_OUT-}" ]; then
    [ $agree = yes ]; exit
elif [ $agree = yes ]; then
    cmp -s "$out/$name.tsv" "$committed/$name.tsv" ||
        { cp "$out/$name.tsv" "$committed/"
          echo "  the ledger is stamped as of the present code"; }
    for file in "$out"/*.times.tsv; do
        [ -z "${ACCEPT-}" ] || [ ! -e "$file" ] || cp "$file" "$committed/"
    done
elif [ -n "${ACCEPT-}" ]; then
    mkdir -p "$committed"
    for file in "$out"/*.tsv "$out"/*.dat "$out"/*.png; do
        [ ! -e "$file" ] || cp "$file" "$committed/"
    done
    echo "  accepted: $committed/$name.tsv"
else
    echo "  ACCEPT=1 replaces the committed results"
    exit 1
fi
