# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f answer.awk -v number=4.2 -v status=N SECTIONS LOG
# SECTIONS: label, title, number and page of each section; LOG: grade.c's
BEGIN { FS = "\t" }
FILENAME == ARGV[1] {
                   place[$1] = place_of($2, $3, $4); next }
$1 == "section"  { section = $2 }
$1 == "asked"    { asked = $2 }
$1 == "tried"    { tried = $2; hint = ""; pending = 1 }
$1 == "hint"     { if (hint == "") hint = $2 }
$1 == "passed"   { passed++; trials += pending; pending = 0; hint = "" }
$1 == "expected" { expected = $2; failed = 1 }
$1 == "got"      { got = $2 }
$1 == "should"   { should = $2; failed = 1 }
$1 == "signal"   { killed_by = $2 }
$1 == "finished" { finished = 1 }
END {
    if (status == 0 && finished && passed && !pending) {
        # praise the answer
        printf "Exercise %s is solved: it passed %s.\n", number,
               trials == 1 ? "the trial" : "all " trials " trials"
        print "The book's own solution is in the appendix of solutions."
        exit 0
    }
    # say what was asked, tried, expected and got
    printf "Exercise %s is not solved yet.\n\n", number
    say("asked for", asked)
    say("tried", tried)
    say("expected", expected)
    if (should != "") say("should be so", should)
    else if (failed)  say("got", got)
    if (trials > 0 && failed)
        print trials == 1 ? "  (one trial before this one passed)" \
                          : "  (" trials " trials before this one passed)"
    print ""
    # explain an answer that did not come
    if (killed_by == 14)
        print "Your function had not returned after " seconds " seconds, and" \
              " was stopped.\nLook for a loop whose condition never becomes" \
              " false: an unsigned counter that\nis always >= 0, or one" \
              " that is changed in the body as well."
    else if (killed_by == 11 || killed_by == 7 || killed_by == 10)
        print "Your program touched memory that is not its own (signal " \
              killed_by ", " (killed_by == 11 ? "SIGSEGV" : "SIGBUS") ").\n" \
              "Look for an index past the end, a pointer never set, or a" \
              " function that\ncalls itself without end."
    # explain the rarer ends
    else if (killed_by == 8)
        print "Your program divided a whole number by zero (signal 8," \
              " SIGFPE)."
    else if (killed_by == 25)
        print "Your program printed more than a megabyte and was stopped" \
              " (signal 25, SIGXFSZ).\nIs there a loop without end around the" \
              " printing?"
    else if (killed_by == 6)
        print "Your program was aborted (signal 6, SIGABRT): an assertion, a" \
              " contract of the\nbook's library, or the heap noticing damage." \
              " The line above, if any, says which."
    else if (killed_by)
        print "Your program was ended by signal " killed_by "."
    else if (!failed)
        print "Your program ended before the test did. Does your answer call" \
              " exit, or have a\nmain of its own?"
    else if (got ~ /nan/)
        print "Your answer is not a number (NaN). It comes from 0/0," \
              " inf - inf, inf * 0, or the\nlogarithm or root of a negative" \
              " number: find the first operation that does."
    # give the hint and the section to reread
    if (hint == "" && failed && got !~ /nan/) hint = guess(expected, got)
    if (hint != "") print_wrapped("Hint: " hint)
    if (section != "")
        print "Read again: " (section in place ? place[section] : section) "."
    exit 1
}
# words and guesses
# put words on lines
function say(what, text) {
    if (text != "") printf "  %-13s %s\n", what, text
}
function print_wrapped(text,    count, word, i, line) {
    count = split(text, word, / +/); line = word[1]
    for (i = 2; i <= count; i++)
        if (length(line) + length(word[i]) < 78) line = line " " word[i]
        else { print line; line = word[i] }
    print line
}
function guess(expected, got,    e, g) {
    if (expected !~ /^-?[0-9]/ || got !~ /^-?[0-9]/) return ""
    e = expected + 0; g = got + 0
    if (e == 0)             return ""
    if (near(g, -e))        return "The sign is the other way round."
    if (near(g, 2 * e))     return "It is twice what it should be."
    if (near(2 * g, e))     return "It is half of what it should be."
    if (e == int(e) && g == int(g) && (g - e) ^ 2 == 1)
        return "It is off by one. Where does your loop begin and end?"
    return ""
}
function near(a, b)   { return (a - b) ^ 2 <= 1e-12 * b ^ 2 }
function place_of(title, number, page) {
    return (number != "" ? "section " number ", " : "the section ") \
           "\"" title "\"" (page != "" ? ", page " page : "")
}
