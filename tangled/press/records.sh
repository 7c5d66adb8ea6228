#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: records.sh [NAME]   lists the records, or runs one
set -u
press=$(dirname "$0")
for program in tangled/*/record-${1-*}.c; do
    [ -e "$program" ] || { echo "there is no record ${1-yet}"; exit 1; }
    if [ $# -gt 0 ]; then
        exec sh "$press/rerun.sh" "${program#tangled/}" ${ARGS-}
    fi
    name=${program##*/}; name=${name%.c}
    # describe the record by its purpose
    printf 'make %-24s %s\n' "$name" "$(tr -s '\n' ' ' < "$program" |
        sed -n 's/.*\.purpose = \("[^;{}]*"\).*/\1/p' |
        sed 's/" *"//g; s/^"//; s/".*//')"
done
