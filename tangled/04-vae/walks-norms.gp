# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "norm of a code"
set ylabel "density"
set xrange [0:10]
set yrange [0:1]
set key top right
set datafile separator whitespace
file = dir."/walks-norms.dat"
plot file using 1:2 with lines linetype 3 title "two dimensions", \
     file using 1:4 with lines linetype 2 title "fifty, midpoints", \
     file using 1:3 with lines linetype 1 title "fifty"
