#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: figures.sh N   (chapter N's experiments; all when N is left out)
set -u
press=$(dirname "$0"); failed=0; found=0
floors=$(printf '%02d-' "${1-}"); [ $# -gt 0 ] || floors='[0-9][0-9]-'
for program in tangled/$floors*/experiment-*.c; do
    [ -e "$program" ] || continue
    found=1
    sh "$press/rerun.sh" "${program#tangled/}" ${ARGS-} || failed=1
done
[ $found = 1 ] || echo "chapter ${1-} has no experiments"
exit $failed
