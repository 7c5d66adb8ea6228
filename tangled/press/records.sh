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
    # describe the record by its first sentence
    printf 'make %-24s %s\n' "$name" "$(sed 1d "$program" | awk '
        index($0, "/*")           { inside = 1 }
        inside                    { text = text " " $0 }
        inside && index($0, "*/") { exit }
        END { gsub(/\/\*|\*\/| +/, " ", text); gsub(/ +/, " ", text)
              sub(/^ /, "", text); sub(/\. .*/, ".", text); print text }')"
done
