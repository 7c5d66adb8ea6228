#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# Puts MNIST into data/mnist. MNIST_URL may name another source.
set -eu
url=${MNIST_URL:-https://storage.googleapis.com/cvdf-datasets/mnist}
into=data/mnist; mkdir -p $into
say() { echo "mnist: $*"; }
# fetch, hash and unpack
sha256() {
    [ -e "$1" ] || { echo none; return; }
    if command -v sha256sum > /dev/null; then sha256sum < "$1"
    elif command -v shasum > /dev/null; then shasum -a 256 < "$1"
    else openssl dgst -sha256 -r < "$1"; fi | cut -d' ' -f1
}
fetch() {
    from=$url/$1.gz; to=$into/$1.gz
    case $url in
    file://*) cp "${from#file://}" "$to" 2> /dev/null; return ;;
    esac
    if command -v curl > /dev/null; then curl -fsSL -o "$to" "$from"
    elif command -v wget > /dev/null; then wget -q -O "$to" "$from"
    else say "needs curl or wget"; exit 1; fi
}
while read -r name sum; do
    [ "$name" != "#" ] || continue
    if [ "$(sha256 "$into/$name")" = "$sum" ]; then
        say "$into/$name is there"; continue
    fi
    fetch "$name" || { say "cannot get $url/$name.gz"; exit 1; }
    gunzip -c "$into/$name.gz" > "$into/$name.new" 2> /dev/null ||
        { rm -f "$into/$name".*; say "$name.gz: not gzipped"; exit 1; }
    rm -f "$into/$name.gz"
    [ "$(sha256 "$into/$name.new")" = "$sum" ] ||
        { rm -f "$into/$name.new"; say "$name: wrong checksum"; exit 1; }
    mv "$into/$name.new" "$into/$name"; say "$into/$name"
done <<'files'
# the checksums of MNIST
train-images-idx3-ubyte ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db
train-labels-idx1-ubyte 65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5
t10k-images-idx3-ubyte 0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7
t10k-labels-idx1-ubyte ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2
files
