#!/bin/sh
# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: floors.sh [DIRECTORY]   complains of includes of a higher floor
set -u
cd "${1:-tangled}" || exit 2
find . -name '*.[ch]' | sed 's|^\./||' | sort | xargs awk '
/^ *# *include *"/ {
    path = $0; sub(/^[^"]*"/, "", path); sub(/".*/, "", path)
    from = FILENAME; sub(/\/.*/, "", from)
    to = path; sub(/\/.*/, "", to)
    # complain if the include breaks a rule
    if (path !~ /\// || path ~ /\.\./) {
        printf "%s:%d: \"%s\" should be written from the top of tangled/\n",
               FILENAME, FNR, path; bad = 1
    } else if (!may_include(from, to, path)) {
        printf "%s:%d: %s may not include \"%s\", which is no lower floor\n",
               FILENAME, FNR, from, path; bad = 1
    }
}
# say what may be included
function height(floor) {
    if (floor == "workshop") return 0
    if (floor ~ /^[0-9][0-9]-/) return substr(floor, 1, 2) + 1
    return 1000
}
function may_include(from, to, path) {
    if (from == to || from == "press" || from == "solutions") return 1
    if (from == "performance" && FILENAME !~ /\/bench[^\/]*$/)
        return to == "workshop" || (to == "00-foundations" && path ~ \
          /\/(kernels|convolution|elementary|elementwise|rng|real)\.h$/)
    return height(to) < height(from)
}
END { exit bad }'
