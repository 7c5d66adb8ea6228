# The programs of chapters 0 and 4, linked with the plain kernels and with the
# fast ones on one, two and three threads, save the same file, byte for byte.
set -eu
${MAKE:-make} "$BUILD/bin/chapter0" "$BUILD/bin/chapter0-plain" \
    "$BUILD/bin/chapter4" "$BUILD/bin/chapter4-plain"

# a set of images that needs no drawing: the text of this book
mkdir "$TMP/text"
text() { cat chapters/*.nw | tail -c +"$1"; }
images() {          # name, count as two octal bytes, bytes, start
    { printf "\\0\\0\\010\\003\\0\\0$2\\0\\0\\0\\034\\0\\0\\0\\034"
      text "$4" | head -c "$3"; } > "$TMP/text/$1-images-idx3-ubyte"
}
labels() {
    { printf "\\0\\0\\010\\001\\0\\0$2"
      text "$4" | LC_ALL=C tr -dc 0-9 | LC_ALL=C tr 0-9 '\000-\011' |
          head -c "$3"; } > "$TMP/text/$1-labels-idx1-ubyte"
}
images train '\001\054' 235200 1        # 300 of 28 x 28
labels train '\001\054' 300 1
images t10k '\0\144' 78400 100000       # 100
labels t10k '\0\144' 100 100000

train() {           # program, threads, file
    "$BUILD/bin/$1" --data "$TMP/text" --epochs 1 --threads "$2" \
        --out "$TMP/out" --save "$TMP/$3" > "$TMP/$3.log"
}
for program in chapter0 chapter4; do
    train $program-plain 1 plain
    for threads in 1 2 3; do
        train $program $threads fast
        cmp "$TMP/plain" "$TMP/fast" || {
            echo "$program, $threads threads: not the bits of plain kernels"
            exit 1; }
    done
done
