# From chapters/00-foundations.nw (edit that, then make tangle)
set xlabel "epochs"
set ylabel "test digits wrong (%)"
set xrange [0.5:10.5]
set yrange [0:*]
plot for [s = 1:3] dir."/classifier.dat" using 1:(column(s + 1)) \
         with linespoints title sprintf("seed %d", s)
