#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: tangle.sh DIRECTORY [CHAPTER…]   (all chapters when none is named)
set -eu
into=${1:?usage: tangle.sh DIRECTORY}; shift
press=$(dirname "$0"); noweb=${NOWEB_LIB:-/usr/lib/noweb}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || { set -- chapters/*.nw; : > "$work/all"; }
failed=0; changed=0
# tangle each chapter
for chapter in "$@"; do
    "$noweb/markup" "$chapter" > "$work/lines" 2> "$work/words" || :
    if [ -s "$work/words" ]; then
        sed "s|^|$chapter: |" "$work/words" >&2; failed=1
    fi
    roots=$(awk -f "$press/roots.awk" -v file="$chapter" "$work/lines") ||
        { failed=1; continue; }
    for root in $roots; do
        # tangle one root
        if [ "${LINES_FOR_DEBUGGER:-0}" = 1 ]; then
            case $root in
            *.c|*.h) "$noweb/nt" -R"$root" '-L#line %L "%F"%N' ;;
            *)       "$noweb/nt" -R"$root" ;;
            esac < "$work/lines" > "$work/body" || failed=1
        else
            awk -f "$press/name-chunks.awk" -v root="$root" "$work/lines" |
                "$noweb/nt" -R"$root" > "$work/body" || failed=1
        fi
        awk -f "$press/first-line.awk" -v root="$root" -v chapter="$chapter" \
            "$work/body" > "$work/file"
        # move it into place if it differs
        [ -e "$work/all" ] && echo "$into/$root" >> "$work/all"
        cmp -s "$work/file" "$into/$root" 2> /dev/null && continue
        mkdir -p "$into/$(dirname "$root")"
        cp "$work/file" "$into/$root.new"
        case $root in *.sh) chmod +x "$into/$root.new" ;; esac
        mv "$into/$root.new" "$into/$root"
        changed=$((changed + 1))
    done
done
# remove files that no root asks for
if [ -e "$work/all" ] && [ $failed = 0 ]; then
    sort "$work/all" > "$work/wanted"
    find "$into" -type f | sort | comm -23 - "$work/wanted" |
    while read -r orphan; do
        echo "tangled: removing $orphan"; rm -f "$orphan"
    done
    find "$into" -type d -empty -delete
fi
[ $failed = 0 ] || exit 1
[ $changed = 0 ] || echo "tangled: $changed file(s) changed in $into/"
