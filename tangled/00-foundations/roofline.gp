# From chapters/00-foundations.nw (edit that, then make tangle)
set datafile separator "\t"
f = dir."/roofline.times.tsv"
is(key) = strcol(1) eq "roofline.".key ? column(2) : NaN
stats f using (is("cache_edge")) name "cache" nooutput
stats f using (is("memory_edge")) name "memory" nooutput
roof(x, edge) = x < edge ? x / edge : 1
at(s, t) = s[1:strlen(t)] eq t ? 0.125 * real(s[strlen(t) + 1:*]) : NaN
set xtics ("1/8" 0.125, "1/4" 0.25, "1/2" 0.5, "1" 1, "2" 2, "4" 4)
set ytics (0.02, 0.05, 0.1, 0.2, 0.5, 1)
set xlabel "arithmetic intensity (operations a byte)"
set ylabel "speed (of the highest)"
set logscale xy
set xrange [0.1:5]
set yrange [0.015:1.4]
set key bottom right
plot roof(x, cache_max) linetype 1 title "roof of the cache", \
  f using (at(strcol(1), "roofline.cache.")):2 \
    with points linetype 1 pointtype 7 pointsize 0.5 notitle, \
  roof(x, memory_max) linetype 2 title "roof of memory", \
  f using (at(strcol(1), "roofline.memory.")):2 \
    with points linetype 2 pointtype 7 pointsize 0.5 notitle, \
  f using (1.0 / 6):(is("plain")) \
    with points linetype 3 pointtype 9 pointsize 1 title "plain product", \
  f using (0.5):(is("pairs")) \
    with points linetype 4 pointtype 5 pointsize 0.7 \
    title "pairs of rows", \
  f using (0.5):(is("blocked")) with points linetype 5 pointtype 6 \
    pointsize 1.6 linewidth 1.5 title "pairs and blocks"
