#!/bin/sh
# Records are listed with their purpose, and run by name.
set -eu
top=$PWD; cd "$TMP"
mkdir -p tangled/04-vae build/bin
ln -sn "$top/tangled/press" tangled/press
BUILD=build; MAKE=true; export BUILD MAKE       # nothing to be built
${CC:-cc} -std=c17 tangled/press/sourcehash.c -o build/bin/sourcehash
! sh tangled/press/records.sh > out
grep -q 'no record yet' out
cat > tangled/04-vae/record-long.c <<'END'
struct program program = {.purpose = "Trains for hours, "
                                     "and says so.", .count = 0};
const char *other = "another";
END
sh tangled/press/records.sh > out
grep -q '^make record-long  *Trains for hours, and says so\.$' out
! sh tangled/press/records.sh short > out
grep -q 'no record short' out
cat > build/bin/04-vae-record-long <<'END'
#!/bin/sh
printf '# program p\nkey\tvalue\tspread\na.b\t1\t-\n' > "$2/long.tsv"
END
chmod +x build/bin/04-vae-record-long
ACCEPT=1 sh tangled/press/records.sh long > out
grep -q 'accepted' out
cmp figures/04-vae/long.tsv build/figures/04-vae/long/long.tsv
