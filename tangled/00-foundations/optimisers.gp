# From chapters/00-foundations.nw (edit that, then make tangle)
set xlabel "steps"
set ylabel "loss (nats)"
set logscale y
set xrange [0:300]
set yrange [0.15:2.5]
set ytics (0.2, 0.5, 1, 2)
set key right top at graph 1, 0.63
plot for [r = 1:5] dir."/optimisers.dat" using 1:(column(r + 1)) \
     with linespoints linetype r \
     title word("'plain descent' momentum Adam AdamW 'Adam, penalty'", r)
