# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f compare.awk -v what=NAME NEW.tsv COMMITTED.tsv
BEGIN { FS = "\t" }
/^#/ || $1 == "key" { next }
FILENAME == ARGV[1] { value[$1] = $2; spread[$1] = $3; count++; next }
                    { known[$1] = 1 }
!($1 in value)      { note($1 " is no longer measured"); next }
$2 != value[$1] || $3 != spread[$1] {
    note(sprintf("%s was %s (spread %s), is %s (spread %s): %.1e apart",
         $1, $2, $3, value[$1], spread[$1], apart($2, value[$1])))
}
END {
    for (key in value) if (!(key in known)) note(key " is new")
    if (!count) note("no results")
    if (!bad) printf "%s: all %d results agree to the last digit\n",
                     what, count
    exit bad > 0
}
# measure and report a difference
function note(text) {
    if (!bad++) print what ": differs from the committed ledger"
    print "  " text
}
function apart(a, b,    larger) {
    larger = abs(a) > abs(b) ? abs(a) : abs(b)
    return larger > 0 ? abs(a - b) / larger : 0
}
function abs(x) { return x < 0 ? -x : x + 0 }
