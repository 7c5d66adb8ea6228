#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# Run by make when a chapter may have changed.
set -eu
press=$(dirname "$0"); sums=build/chapters.cksum
mkdir -p build
if [ -x "${NOWEB_LIB:-/usr/lib/noweb}/markup" ]; then
    sh "$press/tangle.sh" tangled
elif [ -e $sums ]; then
    cksum chapters/*.nw | while read -r sum; do
        grep -qxF "$sum" $sums || echo "${sum##* } has changed, and" \
            "tangling it needs noweb (make setup-all): going on with" \
            "tangled/ as it is"
    done
    exit 0
fi
cksum chapters/*.nw > $sums
