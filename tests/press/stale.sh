#!/bin/sh
# Results older than their code are listed; a replay with the same results
# makes them fresh, one with others does not.
set -eu
top=$PWD; cd "$TMP"
mkdir -p tangled/04-vae figures/04-vae build/bin
ln -sn "$top/tangled/press" tangled/press
BUILD=build; MAKE=true; export BUILD MAKE       # nothing to be built
${CC:-cc} -std=c17 tangled/press/sourcehash.c -o build/bin/sourcehash
program=04-vae/experiment-x.c
cat > tangled/$program <<END
int main(void) { return 0; }  /* replayed by make check */
END
# the program's stand-in: one result, and a file for a plot
cat > build/bin/04-vae-experiment-x <<'END'
#!/bin/sh
hash=$(cd tangled && ../build/bin/sourcehash 04-vae/experiment-x.c)
printf '# program 04-vae/experiment-x.c\nkey\tvalue\tspread\tunit\tdata\tsettings\thash\n' > "$2/x.tsv"
printf 'x.one\t%s\t-\tnats\tdigits\tnone\t%s\n' "$(cat value)" "$hash" >> "$2/x.tsv"
cp value "$2/x-curve.dat"; echo run >> runs
END
chmod +x build/bin/04-vae-experiment-x
wants() { grep -q -e "$1" out || { echo "wanted: $1"; cat out; exit 1; }; }

echo 1.5 > value
! sh tangled/press/figures.sh 4 > out; wants 'ACCEPT=1 replaces'
ACCEPT=1 sh tangled/press/figures.sh 4 > out; wants 'accepted'
[ "$(wc -l < runs)" -eq 1 ]                     # not run a second time
sh tangled/press/figures.sh 4 > out; wants 'all 1 results agree'
sh tangled/press/stale.sh > out; wants 'all 1 results, in 1 ledgers'
sh tangled/press/replay.sh > out; wants 'all 1 results agree'
echo 1 > figures/04-vae/gone-curve.dat
! sh tangled/press/stale.sh > out; wants 'gone-curve.dat: belongs to no'
rm figures/04-vae/gone-curve.dat

sed 's|$| /* a comment */|' tangled/$program > new; cp new tangled/$program
sh tangled/press/stale.sh > out                 # still fresh
sed 's|return 0|return 1 - 1|' tangled/$program > new
cp new tangled/$program
! sh tangled/press/stale.sh > out
wants 'figures/04-vae/x.tsv: 1 of 1 results are older than 04-vae/exp'
sh tangled/press/figures.sh 4 > out; wants 'stamped as of the present code'
sh tangled/press/stale.sh > out

sed 's|replayed by|not replayed at all by|' tangled/$program \
    > kept
mv tangled/$program marked; cp kept tangled/$program
! sh tangled/press/replay.sh > out; wants 'no experiment is marked'
mv marked tangled/$program

sed 's|1 - 1|2 - 2|' tangled/$program > new; cp new tangled/$program
echo 1.6 > value
! sh tangled/press/replay.sh > out; wants 'x.one was 1.5'
! sh tangled/press/figures.sh 4 > out; wants 'x-curve.dat is not the'
! sh tangled/press/stale.sh > out
rm tangled/$program
! sh tangled/press/stale.sh > out; wants 'is not in tangled/'
