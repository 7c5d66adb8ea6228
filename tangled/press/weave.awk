# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: markup FILE | awk -f weave.awk > FILE.md
BEGIN { line = 1; fresh = 1; left = "\356\200\200"; right = "\356\200\201" }
/^@begin docs/  { docs = 1; text = ""; next }
/^@end docs/    { if (text != "") print text
                  text = ""; docs = 0; next }
/^@begin code/  { docs = 0; text = ""; next }
/^@end code/    { print "~~~~~~~~~~\n"; fresh = 1; next }
/^@defn /       { begin_chunk(substr($0, 7)); heading = 1; next }
/^@text /       { text = text substr($0, 7); next }
/^@quote$/      { quoted = 1; literal = in_literal(text)
                  text = text (literal ? "[" "[" : "`"); next }
/^@endquote$/   { text = text (literal ? "]" "]" : "`{.name}")
                  quoted = 0; next }
/^@use /        { text = text used(substr($0, 6)); next }
/^@nl$/         { if (docs) prose(text); else if (!heading) print text
                  heading = 0; text = ""; line++ }
# open a fence for a chunk
function begin_chunk(name) {
    gsub(/\\/, "\\\\", name); gsub(/"/, "\\\"", name)
    printf "\n~~~~~~~~~~ {.chunk name=\"%s\" line=%d}\n", name, line
}
# mark the use of a chunk
function used(name) {
    return (quoted && !literal ? "chunk:" : left) name \
           (quoted && !literal ? "" : right)
}
# tell whether brackets are meant literally
function in_literal(before) {
    return fence != "" || display || odd(before, "`") || odd(before, "[$]")
}
function odd(s, sign) { return gsub(sign, "&", s) % 2 }
# pass on a line of prose, with its number now and then
function prose(s) {
    if (fence == "" && !comment && !display && fresh &&
        s ~ /^([A-Za-z0-9"(`$*!\\:]|\[[^^])/ &&
        s !~ /^([0-9]+[.)] |\* |Table:|: )/)
        printf "<!--@%d-->\n\n", line
    print s
    fresh = s ~ /^[ ]*$/
    if (match(s, /^ *(```+|~~~+)/))
        fence = fence == "" ? substr(s, RSTART + RLENGTH - 3, 3) : \
                substr(s, RSTART + RLENGTH - 3, 3) == fence ? "" : fence
    if (fence == "" && gsub(/[$][$]/, "&", s) % 2) display = !display
    if (s ~ /<!--/) comment = 1
    if (s ~ /-->/) comment = 0
}
