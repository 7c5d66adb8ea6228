#!/bin/sh
# What README says of speed is what the bench's ledger says: a claim that
# outlives its measurement, or was never measured, is found here.
set -eu
ledger='figures/performance/bench.tsv figures/performance/bench-avx2.tsv'
says() {  # KEY FORMAT WORDS: README has WORDS, with the ledger's value for %
    value=$(awk -F'\t' -v k="$1" '$1 == k { printf "'"$2"'", $2 }' $ledger)
    [ -n "$value" ] || { echo "the ledger has no $1"; exit 1; }
    words=$(echo "$3" | sed "s/%/$value/")
    tr '\n' ' ' < README.md | grep -q -e "$words" ||
        { echo "README does not say: $words"; exit 1; }
}
says bench.train.one.ratio %.1f 'one thread trains % times as fast'
says bench.train-best.ratio %.1f 'at its best, % times'
says bench.train.one.ratio-avx2 %.1f 'it is % and'
says bench.train-best.ratio-avx2 %.1f 'and % times'
