#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: draw.sh tangled/FLOOR/NAME.gp|.tikz: makes build/plots/FLOOR/NAME.*
set -eu
from=$1; press=$(dirname "$0")
name=${from#tangled/}; name=${name%.*}; floor=${name%/*}
to=build/plots/$name; mkdir -p "$(dirname "$to")"
case $from in
*.gp)
    LC_ALL=C.UTF-8 gnuplot -e "out='$to.pdf'; dir='figures/$floor'" \
        "$press/plot-prelude.gp" "$from" > "$to.log" 2>&1 || :
    [ ! -s "$to.log" ] || { sed "s|^|$from: |" "$to.log" >&2
        rm -f "$to.pdf"; [ -z "${WEAVE_ANYWAY:-}" ] || exit 0; exit 1; } ;;
*.tikz)
    xelatex -interaction=nonstopmode -halt-on-error -jobname="${name##*/}" \
        -output-directory="$(dirname "$to")" \
        "\\def\\picturefile{$from}\\input{$press/picture.tex}" \
        > "$to.out" || { grep -A 3 '^!' "$to.log" |
                         sed "s|^|$from: |" >&2; exit 1; } ;;
esac
# turn the picture into SVG that knows the dark
light='color:#1d1f21;--blue:#0072b2'
dark='color:#dcdad5;--blue:#4ba3dc'
rule="svg{$light}@media(prefers-color-scheme:dark){svg{$dark}}"
pdftocairo -svg "$to.pdf" "$to.svg"
sed -e 's/rgb(0%, *0%, *0%)/currentColor/g' \
    -e 's/rgb(0%, *44\.[67][0-9.]*%, *69\.[78][0-9.]*%)/var(--blue)/g' \
    -e "s|^\(<svg .*>\)\$|\1<style>$rule</style>|" "$to.svg" > "$to.new"
mv "$to.new" "$to.svg"
