#!/bin/sh
# Both editions of a small book: code copied from the PDF is the code that was
# written, every link of the web pages leads somewhere, both have the same numbers.
for tool in pandoc awk node xelatex pdftotext pdfinfo; do
    command -v $tool > /dev/null || { echo "no $tool"; exit 77; }
done
[ -x "${NOWEB_LIB:-/usr/lib/noweb}/markup" ] || { echo "no noweb"; exit 77; }

top=$(pwd); work=$(mktemp -d "${TMP:-/tmp}/edition.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" && mkdir -p chapters bib tests tangled build/weave
ln -s "$top/tangled/press" tangled/press
cp "$top/bib/book.csl" bib/
printf '@book{knuth1992, author = {Knuth, Donald E.}, title = {Literate Programming}, year = {1992}}\n' \
    > bib/references.bib
cat > chapters/01-test.nw <<'END'
# Copying {#ch:copying}

## Code {#sec:code}

In @thm:one, by @eq:one and [@knuth1992], [[copy]] is [copied]{.index}.

<<01-test/copy.c>>=
int copy(const char *from, char *to)
{
    while (from[0] != '\0' && *from->next >= 0) {
        printf("fi ffl -> <= %d%% of \"%s\" -- `#{}~^_$&`\n", 1 @<< 3, from);
        *to++ = (char)(*from++ ^ 0x20);  /* don't: 'a' --- "b" */
    }
    return 0;
}
@ That was it.

$$ e^{i\pi} = -1 $$ {#eq:one}

::: {.theorem #thm:one title="One"}
See @sec:code.
:::

::: {.exercise #ex:1.1 kind=derive level=2}
Why?
:::

::: {.solution of=ex:1.1}
Because of @eq:one.
:::
END
printf '# Solutions {#ch:solutions}\n\n## All {#sec:all}\n\n::: {.solutions}\n:::\n' \
    > chapters/app-d-solutions.nw
press="sh tangled/press/weave.sh"
run() {
    for stem in 01-test app-d-solutions; do $press collect $stem || return 1; done
    for stem in 01-test app-d-solutions; do $press weave $stem || return 1; done
    $press back && cp tangled/press/book.tex build/weave/book.tex &&
        $press print book && $press web
}
run > said 2>&1 || { cat said; exit 1; }

failed=0
"${NOWEB_LIB:-/usr/lib/noweb}/markup" chapters/01-test.nw |
    "${NOWEB_LIB:-/usr/lib/noweb}/nt" -R01-test/copy.c > written.c
pdftotext -fixed 4.38 build/weave/book.pdf fixed.txt  # 7.3 pt of a 0.6 em font
pdftotext build/weave/book.pdf book.txt
sed -n '/^ *int copy/,/^ *return 0/p' fixed.txt | sed '/^$/d' > copied
indent=$(sed -n '1s/int.*//p' copied)
{ sed "s/^$indent//" copied; echo "}"; } > copied.c
cmp -s written.c copied.c || { echo "copied code differs:"; diff written.c copied.c; failed=1; }
pdfinfo build/weave/book.pdf | grep -q '^Title: *Autoencoders' || { echo "no title"; failed=1; }

for said in 'Theorem 1.1' 'equation (1.1)' 'Section 1.1' 'Exercise 1.1' 'Knuth 1992'; do
    tr -s ' \n' '  ' < book.txt | sed 's/\xc2\xa0/ /g' | grep -q "$said" ||
        { echo "the PDF does not say $said"; failed=1; }
    sed 's/<[^>]*>//g; s/\xc2\xa0/ /g' build/html/*.html | tr -s ' \n' '  ' | grep -q "$said" ||
        { echo "the pages do not say $said"; failed=1; }
done
cat > links.js <<'END'
const fs = require("fs"), path = require("path"), dir = process.argv[2];
const pages = fs.readdirSync(dir).filter((f) => f.endsWith(".html"));
const text = Object.fromEntries(pages.map((f) => [f, fs.readFileSync(path.join(dir, f), "utf8")]));
let bad = 0;
for (const page of pages)
    for (const [, to] of text[page].matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^https?:/.test(to)) continue;
        const [file, id] = to.split("#");
        const there = file === "" ? page : file;
        if (!fs.existsSync(path.join(dir, there)) ||
            (id && !text[there].includes(` id="${id}"`)) && !text[there].includes(`\nid="${id}"`)) {
            console.log(`${page}: ${to} leads nowhere`); bad = 1;
        }
    }
if (pages.some((p) => /<script/.test(text[p]))) { console.log("a page has a script"); bad = 1; }
process.exit(bad);
END
node links.js build/html || failed=1
exit $failed
