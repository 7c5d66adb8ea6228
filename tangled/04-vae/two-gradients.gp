# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "dimensions"
set ylabel "variance of the estimate"
set logscale xy
set xrange [0.9:290]
set yrange [1:1e6]
set format y "10^{%L}"
set xtics (1, 2, 4, 8, 16, 32, 64, 128, 256)
set key top left
set datafile separator whitespace
k(d) = 2*(d - 1)
score(d) = (1 + k(d))*(7 + k(d)) + 23 + 6*(d - 1)
based(d) = 18 + 6*(d - 1)
file = dir."/two-gradients.dat"
plot score(x) with lines linetype 2 title "score", \
     based(x) with lines linetype 3 title "score with baseline", \
     4 with lines linetype 1 title "path", \
     file using 1:3 with points linetype 2, \
     file using 1:4 with points linetype 3, \
     file using 1:2 with points linetype 1
