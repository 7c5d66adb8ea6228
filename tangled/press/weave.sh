#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: weave.sh collect STEM | weave STEM | back | print JOB [PASSES]
#        | web [STEM] | draft NUMBER
set -eu
step=$1; shift
press=$(dirname "$0"); noweb=${NOWEB_LIB:-/usr/lib/noweb}
out=build/weave; mkdir -p $out
case $step in
collect) stem=$1
         "$noweb/markup" "chapters/$stem.nw" > "$out/$stem.lines" \
             2> "$out/$stem.words" || :
         cat "$out/$stem.words" >&2
         [ ! -s "$out/$stem.words" ] || exit 1
         awk -f "$press/weave.awk" "$out/$stem.lines" > "$out/$stem.md"
         pandoc -f markdown --fail-if-warnings -L "$press/collect.lua" --citeproc \
             --bibliography bib/references.bib --csl bib/book.csl \
             -M suppress-bibliography=true -M link-citations=true \
             -t json -o "$out/$stem.json" "$out/$stem.md" ;;
weave)   pandoc -f json --fail-if-warnings -L "$press/weave.lua" -t native \
             -o "$out/$1.done" "$out/$1.json" ;;
back)    : > "$out/back.md"
         pandoc -f markdown --fail-if-warnings -L "$press/references.lua" \
             --citeproc --bibliography bib/references.bib --csl bib/book.csl \
             -L "$press/backmatter.lua" -t native -o "$out/back.done" "$out/back.md" ;;
print)   job=$1; most=${2:-4}; pass=0
         while :; do
             pass=$((pass + 1))
             cp "$out/$job.aux" "$out/$job.old" 2> /dev/null || : > "$out/$job.old"
             cp "$out/$job.toc" "$out/$job.oldtoc" 2> /dev/null ||
                 : > "$out/$job.oldtoc"
             max_print_line=10000 xelatex -no-pdf -interaction=nonstopmode \
                 -halt-on-error -output-directory="$out" "$out/$job.tex" \
                 > "$out/$job.say" || { awk -f "$press/log.awk" "$out/$job.log"
                                        exit 1; }
             cmp -s "$out/$job.aux" "$out/$job.old" &&
                 cmp -s "$out/$job.toc" "$out/$job.oldtoc" && break
             [ $pass -lt "$most" ] || break
         done
         xdvipdfmx -q -E -o "$out/$job.pdf" "$out/$job.xdv" 2> "$out/$job.say"
         awk -f "$press/log.awk" "$out/$job.log" ;;
web)     html=build/html; katex=${KATEX_DIR:-/usr/share/javascript/katex}
         mkdir -p $html/katex $html/fonts $html/pictures
         cp "$press/book.css" $html/
         if [ ! -e $html/fonts/mono-italic.ttf ]; then
             # copy the fonts
             cp "$katex/katex.min.css" $html/katex/
             mkdir -p $html/katex/fonts
             cp "$katex"/fonts/*.woff2 $html/katex/fonts/
             for face in regular italic bold; do
                 cp "$(kpsewhich "texgyrepagella-$face.otf")" "$html/fonts/$face.otf"
             done
             mono=/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono
             cp $mono-Regular.ttf $html/fonts/mono.ttf
             cp $mono-Italic.ttf $html/fonts/mono-italic.ttf
         fi
         cat $out/*.pictures 2> /dev/null | sort -u | while read -r from to; do
             mkdir -p "$html/$(dirname "$to")"
             cmp -s "$from" "$html/$to" || cp "$from" "$html/$to"
         done
         pages=$out/*.html
         [ $# = 0 ] || pages=$out/$1.html
         node "$press/katex.js" chapters/notation.tex $pages $html ;;
draft)   case $1 in
         [0-9]*) stem=$(ls chapters | grep "^0*$1-.*\.nw\$") ;;
         *)      stem=$(ls chapters | grep -i "^app-$1-.*\.nw\$") ;;
         esac || { echo "no chapter has the number $1" >&2; exit 2; }
         stem=${stem%.nw}
         for other in chapters/*.nw; do
             other=$(basename "$other" .nw)
             [ -e "$out/$other.json" ] && [ "$other" != "$stem" ] ||
                 sh "$0" collect "$other"
         done
         sh "$0" weave "$stem"
         printf '\\mainmatter\\input{%s}\n' "$out/$stem.tex" > "$out/draft.tex"
         sed "s|^.input{$out/contents.tex}|\\\\input{$out/draft.tex}|
              /^.begin{titlepage}/,/^.restoregeometry/d" "$press/book.tex" \
             > "$out/draft$1.tex"
         sh "$0" print "draft$1" 2
         cp "$out/draft$1.pdf" "build/draft$1.pdf"
         sh "$0" web "$stem"
         echo "build/draft$1.pdf and build/html/$stem.html" ;;
*)       echo "weave.sh: no step is called $step" >&2; exit 2 ;;
esac
