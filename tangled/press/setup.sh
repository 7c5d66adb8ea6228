#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: setup.sh compiler | all
set -eu
compiler="gcc libc6-dev make"
all="$compiler clang cppcheck noweb gawk pkg-config
    libcriterion-dev pandoc gnuplot-nox poppler-utils lmodern
    texlive-latex-recommended texlive-latex-extra texlive-xetex
    texlive-fonts-recommended texlive-pictures texlive-science
    fonts-texgyre fonts-texgyre-math fonts-jetbrains-mono
    libjs-katex fonts-katex python3-numpy"
command -v node > /dev/null 2>&1 || all="$all nodejs"
case ${1:-} in
compiler) wanted=$compiler ;;
all)      wanted=$all ;;
*)        echo "usage: setup.sh compiler | all" >&2; exit 1 ;;
esac
# leave when all is there
if [ "$1" = compiler ] && command -v "${CC:-cc}" > /dev/null 2>&1 &&
   printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
   "${CC:-cc}" -x c -o /dev/null - 2> /dev/null
then
    echo "a C compiler is here: $(command -v "${CC:-cc}")"; exit 0
fi
# install with apt, or name the packages
if ! command -v apt-get > /dev/null 2>&1; then
    echo "Install what your system calls these (Debian's names):"
    echo $wanted; exit 1
fi
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq || echo "apt-get update failed: trying without"
apt-get install --no-install-recommends --assume-no $wanted 2> /dev/null |
    sed -n '/^Need to get/p; /^After this operation/p' || :
words=$(mktemp); trap 'rm -f "$words"' EXIT
if ! $sudo apt-get install -y -qq --no-install-recommends $wanted \
     > "$words" 2>&1; then
    tail -n 5 "$words"; echo "setup: apt-get failed"; exit 1
fi
echo "setup: all is there"
