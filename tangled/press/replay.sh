#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: replay.sh   one short experiment a chapter, to the ledger's bits
set -u
press=$(dirname "$0"); build=${BUILD:-build}; failed=0
RERUN_OUT=$build/replay; export RERUN_OUT; rm -rf "$RERUN_OUT"
for folder in tangled/[0-9][0-9]-*/; do
    floor=${folder%/}; floor=${floor##*/}
    chosen=$(grep -l 'replayed by make check' \
             "$folder"experiment-*.c 2> /dev/null)
    for program in $chosen; do
        sh "$press/rerun.sh" "${program#tangled/}" || failed=1
    done
    if [ -z "$chosen" ] && ls figures/"$floor"/*.tsv > /dev/null 2>&1
    then echo "$floor: no experiment is marked as" \
              "'replayed by make check'"; failed=1
    fi
done
exit $failed
