# From chapters/00-foundations.nw (edit that, then make tangle)
set datafile separator "\t"
set datafile missing NaN
set xtics (0.125, 0.25, 0.5, 1, 2)
set xlabel "arithmetic intensity (operations a byte)"
set ylabel "speed (of the highest)"
set logscale xy
set xrange [0.125:2.5]
set yrange [0.03:1.3]
set key bottom right
f = dir."/roofline.times.tsv"
x(s, t) = s[1:strlen(t)] eq t ? 0.25 * real(s[strlen(t) + 1:*]) : NaN
plot f using (x(strcol(1), "roofline.cache.")):\
    (strcol(1)[1:15] eq "roofline.cache." ? $2 : NaN) \
    with linespoints linetype 1 title "from the cache", \
  f using (x(strcol(1), "roofline.memory.")):\
    (strcol(1)[1:16] eq "roofline.memory." ? $2 : NaN) \
    with linespoints linetype 2 title "from memory", \
  f using (1.0 / 6):(strcol(1) eq "roofline.plain" ? $2 : NaN) \
    with points linetype 3 pointsize 1.2 title "plain product", \
  f using (0.5):(strcol(1) eq "roofline.pairs" ? $2 : NaN) \
    with points linetype 4 pointsize 1.2 title "pairs of rows", \
  f using (0.5):(strcol(1) eq "roofline.blocked" ? $2 : NaN) \
    with points linetype 5 pointsize 1.2 title "pairs and blocks"
