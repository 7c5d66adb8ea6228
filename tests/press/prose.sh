#!/bin/sh
# What a careless page gives away is pointed at; code and mathematics, the
# ledger's numbers and cited ones are not.
set -eu
press=$PWD/tangled/press; cd "$TMP"
cat > 00-a.nw <<'END'
# T {#ch:t}

In this section, we show that it is simply
true! The color is 3.25 nats, and so is `a.b`{.result format="%.1f"}.
It is $2.5$ where [@kingma2014] found 87.4 nats. See section 4.2.

One two three four
five six seven eight nine ten. Now 0.5 again.
<<a/b.c>>=
simply 1.5; in this section we
@ One two three four five six seven eight nine ten eleven.

- **Bold** lead.
END
for awk in awk mawk gawk; do
    command -v $awk > /dev/null || continue
    $awk -f "$press/prose.awk" 00-a.nw | sort -t: -k2,2n > out
    sort -t: -k2,2n > wanted <<'END'
00-a.nw:3: a word to cut: simply
00-a.nw:3: announces or sums up: in this section, we
00-a.nw:4: British spelling: color
00-a.nw:4: a typed decimal: 3.25
00-a.nw:4: an exclamation mark: e!
00-a.nw:8: a typed decimal: 0.5
00-a.nw:11: nine words as in 00-a.nw:7: one two three four five six seven eight nine
00-a.nw:13: a bold lead-in on a list item
END
    diff wanted out
done
