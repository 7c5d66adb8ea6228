# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f prose.awk chapters/*.nw
BEGIN                { announce = "in this (chapter|section),? we|we (will|shall) now|" \
                           "let us now|" \
                           "(this|the next) section (shows|describes|explains|discusses)|" \
                           "as (we have seen|we saw|mentioned|discussed)|to summari[sz]e|" \
                           "in (summary|conclusion|other words)|now that we (have|know)|" \
                           "the (rest|remainder) of this (chapter|section)|" \
                           "(important|worth|interesting) to (note|mention)|worth noting|" \
                           "it should be noted|plays an? [a-z]+ role|can help to|not only"
                       numbered = "([Ss]ection|[Ee]xercise|[Cc]hapter|[Vv]ersion|" \
                           "[A-Z][A-Z]+|Criterion|Python|noweb|v|-) ?$"
                       banned = "simply|clearly|obviously|trivially|basically|essentially|" \
                           "crucial(ly)?|delve|leverag(e|es|ing)|seamless(ly)?|powerful|" \
                           "comprehensive|cutting-edge|state-of-the-art|dive into|landscape"
                       american = "colors?|behaviors?|centers?|gray|neighbors?|modeling|" \
                           "labeled|favor|analyze[ds]?|generali[z]e[ds]?|minimi[z]e[ds]?|" \
                           "maximi[z]e[ds]?|summari[z]e[ds]?|normali[z]e[ds]?|initiali[z]e[ds]?" }
FNR == 1             { paragraph_ends()
                       code = fence = math = comment = table = 0 }
/^<<.*>>=$/          { paragraph_ends(); code = 1; next }
code && /^@( |$)/    { code = 0; sub(/^@ ?/, "") }
code                 { next }
/^ *```/             { paragraph_ends(); fence = !fence; next }
/<!--/               { comment = 1 }
comment              { if (/-->/) comment = 0; next }
/^\$\$/              { if (!/^\$\$.*\$\$/) math = !math; next }
fence || math        { next }
/^::: .*\.results/    { table = 1 }
/^:::$/              { table = 0 }
/^ *$/ || /^(#|:::)/ { paragraph_ends(); next }
table && /^- /       { next }    # the heads of rows are no prose
/^ *[-*] +\*\*/      { say(FNR, "a bold lead-in on a list item") }
                     { if (text == "") { start = FNR; from = FILENAME }
                       text = text $0 "\n" }
END                  { paragraph_ends() }
# examine a paragraph
function paragraph_ends() {
    if (text == "") return
    text = without(text, "`[^`]*`({[^}]*})?")
    text = without(text, "\\[\\[[^]]*\\]\\]")
    text = without(text, "\\$[^$]*\\$")
    text = without(text, "\\]\\([^)]*\\)({[^}]*})?")
    look_for("(^|[^a-z])(" announce ")([^a-z]|$)", "announces or sums up: ")
    look_for("(^|[^a-z-])(" banned ")([^a-z-]|$)", "a word to cut: ")
    look_for("(^|[^a-z])(" american ")([^a-z]|$)", "British spelling: ")
    look_for("[a-z]!", "an exclamation mark: ")
    point_at_decimals()
    text = without(text, "\\[?@[a-z]+[a-z0-9:, @.-]*\\]?")
    text = without(text, "{[^}]*}")
    point_at_sequences()
    text = ""
}
# point at words
function look_for(pattern, what,    low, at, word) {
    low = tolower(text); gsub(/\n/, " ", low)
    for (at = 1; match(substr(low, at), pattern); at += RLENGTH) {
        at += RSTART - 1
        word = substr(low, at, RLENGTH)
        gsub(/^[^a-z]+|[^a-z!]+$/, "", word)
        say(line_of(text, at + 1), what word)
    }
}
# point at decimals
function point_at_decimals(    rest, at, number, before, sentence) {
    rest = text
    for (at = 1; match(rest, /[0-9]+\.[0-9]+/); ) {
        number = substr(rest, RSTART, RLENGTH)
        at += RSTART - 1
        before = substr(text, 1, at - 1)
        gsub(/\n/, " ", before)
        sentence = substr(text, at + RLENGTH)
        if (match(sentence, /[.?!][ \n]/))
            sentence = substr(sentence, 1, RSTART)
        if (before !~ numbered && (tail_of(before) sentence) !~ /@[a-z]/)
            say(line_of(text, at), "a typed decimal: " number)
        at += length(number); rest = substr(text, at)
    }
}
function tail_of(before) {
    sub(/.*[.?!] /, "", before)
    return before
}
# point at sequences used twice
function point_at_sequences(    word, count, i, j, key, low, running) {
    low = tolower(text)
    gsub(/\n/, " \n ", low); gsub(/[^a-z\n' -]/, "", low)
    count = words_of(low, word)
    for (i = 1; i + 8 <= count; i++) {
        key = word[i]
        for (j = 1; j <= 8; j++) key = key " " word[i + j]
        if (key in first) {
            if (!running)
                say(line[i], "nine words as in " first[key] ": " key)
            running = 1
        } else {
            first[key] = from ":" line[i]; running = 0
        }
    }
}
function words_of(low, word,    piece, pieces, i, count, at) {
    pieces = split(low, piece, / +/); at = start
    for (i = 1; i <= pieces; i++) {
        if (piece[i] == "\n") at++
        else if (piece[i] != "") { word[++count] = piece[i]
                                   line[count] = at }
    }
    return count
}
# take spans out of a text
function without(text, span,    done, piece) {
    while (match(text, span)) {
        piece = substr(text, RSTART, RLENGTH)
        gsub(/[^\n]/, "", piece)
        done = done substr(text, 1, RSTART - 1) " " piece
        text = substr(text, RSTART + RLENGTH)
    }
    return done text
}
function line_of(text, position,    before) {
    before = substr(text, 1, position)
    return start + gsub(/\n/, "", before)
}
function say(line, what) { print from ":" line ": " what }
