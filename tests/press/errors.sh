#!/bin/sh
# Each error that the weave promises to find is made once, in a chapter of a few
# lines, and must be reported with the chapter and the line. The chapter without
# errors must pass, or the test would prove nothing.
for tool in pandoc awk node; do
    command -v $tool > /dev/null || { echo "no $tool"; exit 77; }
done
[ -x "${NOWEB_LIB:-/usr/lib/noweb}/markup" ] || { echo "no noweb"; exit 77; }

top=$(pwd); work=$(mktemp -d "${TMP:-/tmp}/errors.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
unset WEAVE_ANYWAY
cd "$work" && mkdir -p chapters bib figures/01-test tests/suite tangled/01-test
ln -s "$top/tangled/press" tangled/press
cp "$top"/bib/book.csl bib/
cat > bib/references.bib <<'END'
@book{knuth1992,
  author = {Knuth, Donald E.}, title = {Literate Programming},
  year = {1992}, isbn = {9780937073803}
}
END
cat > tests/suite/claim.c <<'END'
Test(suite, claim) {}
END
cat > tangled/01-test/experiment-a.c <<'END'
ledger_put(l, "a.low", 1, NAN, ""); ledger_put(l, format("a.high%zu", n), 2, NAN, "");
END
ledger() {
    printf '# program 01-test/experiment-a.c\n'
    printf 'key\tvalue\tspread\tunit\tdata\tsettings\thash\n'
    printf 'a.low\t1.5\t0.1\tnats\tdigits\t-\t0\na.high5\t2.5\t-\tnats\tdigits\t-\t0\n'
    printf 'b.typed\t3\t-\t\tdigits\t-\t0\n'
}
ledger > figures/01-test/a.tsv
cat > chapters/02-other.nw <<'END'
# Other {#ch:other}

## Elsewhere {#sec:elsewhere}
END

weave() {
    for stem in 02-other 01-test; do
        sh tangled/press/weave.sh collect $stem || return 1
    done
    sh tangled/press/weave.sh weave 01-test &&
        node tangled/press/katex.js none build/weave/01-test.html build
}
failed=0
# expect LINE WORDS, with the lines after "# Test" on standard input: a complaint
# about that line with these words
expect() {
    { printf '# Test {#ch:test}\n\n'; cat; } > chapters/01-test.nw
    if weave > said 2>&1; then
        echo "not reported: $2"; failed=1
    elif ! grep "^chapters/01-test.nw:$1: .*$2" said > /dev/null; then
        echo "expected line $1, $2; was said:"; sed 's/^/    /' said; failed=1
    fi
}
good() {
    printf '# Test {#ch:test}\n\n'
    cat <<'END'
See @sec:elsewhere, @eq:one, @thm:one and [@knuth1992], and [[<<do it>>]], [[thing]].

$$ x < y $$ {#eq:one test=suite/claim}

::: {.theorem #thm:one test=suite/claim}
The value `a.low`{.result format="%.1f"} is below. `a.low < a.high5`{.claim}
`a.high5 within 1.1 of a.low`{.claim} `abs(a.low - 1.5) < 1e-9 and 2*a.low == 3`{.claim}
:::

::: {.results keys="a.*" format="%.2f"}
:::

<<01-test/a.c>>=
int thing(void)
{
    <<do it>>
}
@ And then

<<do it>>=
return (1 @<< 3) + (8 @>> 2);
@ done.
END
}
good > chapters/01-test.nw
weave > said 2>&1 || { echo "a chapter without errors fails:"; cat said; exit 1; }
grep -q '>1.5</a>' build/01-test.html || { echo "no value in the page"; failed=1; }
grep -q 'href="02-other.html#sec:elsewhere"' build/01-test.html || { echo "no link"; failed=1; }

expect 4 "no such label: sec:nowhere" <<'END'
Two lines,
see @sec:nowhere.
END
expect 6 "label eq:a is given twice" <<'END'
$$ a $$ {#eq:a}

And
$$ b $$ {#eq:a}
END
expect 3 "label sec:elsewhere is given in chapters/02-other.nw too" <<'END'
## Again {#sec:elsewhere}
END
expect 3 "no ledger has the key a.missing" <<'END'
The value is `a.missing`{.result}.
END
expect 4 "no ledger has a key like c\.\*" <<'END'

::: {.results keys="c.*"}
:::
END
expect 5 "false: a.low > a.high5 (1.5 > 2.5)" <<'END'
True: `a.low < a.high5`{.claim}

False: `a.low > a.high5`{.claim}
END
expect 3 "false: a.low within 10 % of a.high5" <<'END'
Close: `a.low within 10 % of a.high5`{.claim}
END
expect 3 "no ledger has the key a.missing" <<'END'
Claim: `a.missing > 1`{.claim}
END
expect 3 "compares nothing" <<'END'
Claim: `a.low + 1`{.claim}
END
expect 3 "no program of the book writes b.typed" <<'END'
Typed: `b.typed`{.result}
END
expect 3 "no test is called suite/lie" <<'END'
$$ x $$ {#eq:x test=suite/lie}
END
expect 5 "no test is called suite/lie" <<'END'
First.

::: {.theorem test=suite/lie}
A statement.
:::
END
expect 3 "no chunk is called do that" <<'END'
As [[<<do that>>]] does.
END
expect 3 "no chunk contains the name misspelt" <<'END'
The function [[misspelt]] does it.
END
expect 3 "no such reference: knuth1066" <<'END'
See [@knuth1066].
END
expect 5 "no picture figures/01-test/none" <<'END'
Look:

![A caption.](figures/01-test/none){#fig:none alt="Nothing."}
END
expect 3 "a figure without alt text" <<'END'
![A caption.](figures/01-test/none){#fig:none}
END
expect 3 "a solution of no exercise" <<'END'
::: {.solution of=ex:1.9}
The answer.
:::
END
expect 3 "no division is called pitfal" <<'END'
::: {.pitfal}
A warning that nobody would see.
:::
END
expect 3 "braces after a formula" <<'END'
$$ x $$ {test=suite/claim}
END
expect 3 "exercise 2.1 of chapter 1" <<'END'
::: {.exercise #ex:2.1 kind=derive level=1}
A question.
:::
END
expect 6 "KaTeX parse error" <<'END'
A paragraph

with $x$
and $\nosuchmacro y$.
END

# what noweb complains of
expect "[^:]*" "" <<'END'
A here-document: cat << END
END
# errors of the ledger name the ledger's line
{ ledger; printf 'a.nan\tnan\t-\t\tdigits\t-\t0\n'; } > figures/01-test/a.tsv
good > chapters/01-test.nw
weave > said 2>&1 && { echo "not reported: a value that is no number"; failed=1; }
grep -q '^figures/01-test/a.tsv:6: the value of a.nan is no number' said ||
    { echo "no line for a malformed value:"; cat said; failed=1; }
{ ledger; printf 'a.low\t2\t-\t\tdigits\t-\t0\n'; } > figures/01-test/a.tsv
weave > said 2>&1 && { echo "not reported: a doubled key"; failed=1; }
grep -q '^figures/01-test/a.tsv:6: the key a.low stands in' said ||
    { echo "no line for a doubled key:"; cat said; failed=1; }
ledger > figures/01-test/a.tsv

# what XeLaTeX says is traced back to the chapter's line
if command -v xelatex > /dev/null; then
    cat > chapters/01-test.nw <<'END'
# Test {#ch:test}

A paragraph that is fine.

A paragraph with a glyph that no font of ours has: ⻰.

$$ aaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbb + ccccccccccccccccccccccccc + dddddddddd $$
END
    sh tangled/press/weave.sh draft 1 > said 2>&1 &&
        { echo "not reported: a missing glyph, a formula too wide"; failed=1; }
    grep -q '^chapters/01-test.nw:[1-7]: .*Missing character' said ||
        { echo "no line for a missing glyph:"; cat said; failed=1; }
    grep -q '^chapters/01-test.nw:[5-7]: .*too wide' said ||
        { echo "no line for a formula too wide:"; cat said; failed=1; }
fi
exit $failed
