# From chapters/00-foundations.nw (edit that, then make tangle)
set xlabel "t"
set ylabel "share beyond t"
set logscale y
set format y "10^{%T}"
set xrange [0:6]
set yrange [1e-9:2]
set key bottom left
f = dir."/tails.dat"
seen(x) = x > 0 ? x : NaN
plot f using 1:2 with lines linetype 1 title "normal distribution", \
     f using 1:(seen($3)) with points linetype 2 title "Box and Muller", \
     f using 1:(seen($4)) with points linetype 3 title "sum of twelve"
