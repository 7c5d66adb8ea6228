# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "codes"
set ylabel "nats"
set logscale x
set xrange [1:50]
set yrange [-1.7:-1.1]
set key bottom right
set datafile separator whitespace
plot log(5./16) with lines linetype 2 dashtype 2 \
         title "log evidence", \
     dir."/tighter-bounds.dat" using 1:2 with lines linetype 1 \
         title "guess 0.75", \
     dir."/tighter-bounds.dat" using 1:3 with lines linetype 3 \
         title "guess 0.5", \
     dir."/tighter-bounds.dat" using 1:4 with lines linetype 4 \
         title "guess 0.999"
