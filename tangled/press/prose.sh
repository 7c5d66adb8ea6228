#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: prose.sh [CHAPTER…]   points at prose that wants another look
[ $# -gt 0 ] || set -- chapters/*.nw
awk -f "$(dirname "$0")/prose.awk" "$@" | sort -t: -k1,1 -k2,2n
echo "prose: advice only; what stays is for the author to decide"
