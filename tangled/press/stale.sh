#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: stale.sh   lists results that are older than their code
set -u
build=${BUILD:-build}; hasher=$(cd "$build/bin" && pwd)/sourcehash
stale=0; results=0; ledgers=0
for ledger in figures/*/*.tsv; do
    case $ledger in *.times.tsv) continue ;; esac
    [ -e "$ledger" ] || continue
    program=$(sed -n '1s/^# program *//p' "$ledger")
    # find the hash of the program as it is now
    if [ -z "$program" ] || [ ! -e "tangled/$program" ]; then
        echo "$ledger: its program, ${program:-not named in line 1}," \
             "is not in tangled/"
        stale=$((stale + 1)); continue
    fi
    hash=$(cd tangled && "$hasher" "$program") || exit 2
    # compare it with the hash of each result
    set -- $(awk -F'\t' -v hash="$hash" '
        /^#/ || $1 == "key" || NF < 7 { next }
        $7 != hash { old++ }
        { all++ }
        END { print old + 0, all + 0 }' "$ledger")
    results=$((results + $2)); ledgers=$((ledgers + 1))
    if [ "$1" -gt 0 ]; then
        floor=${program%%/*}; name=${program##*/}; name=${name%.c}
        case $name in
        record-*) command="make $name" ;;
        bench)    command="make bench ACCEPT=1" ;;
        *)        command="make figures$(expr "${floor%%-*}" + 0)" ;;
        esac
        echo "$ledger: $1 of $2 results are older than $program ($command)"
        stale=$((stale + 1))
    fi
done
# find data that belong to no ledger
for file in figures/*/*.dat figures/*/*.png; do
    [ -e "$file" ] || continue
    stem=${file%.*}
    while [ ! -e "$stem.tsv" ] && [ "$stem" != "${stem%-*}" ]; do
        stem=${stem%-*}
    done
    [ -e "$stem.tsv" ] && continue
    echo "$file: belongs to no ledger"; stale=$((stale + 1))
done
[ $stale = 0 ] || exit 1
echo "all $results results, in $ledgers ledgers, are of the present code"
