# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "guess q that the image was drawn from bright"
set ylabel "nats"
set xrange [0:1]
set yrange [-2.8:-1]
set key bottom right
set datafile separator whitespace
bound(q) = q*log(9./32/q) + (1 - q)*log(1./32/(1 - q))
$points << EOD
0.9
0.75
EOD
plot dir."/two-pixels.dat" using 1:3 with lines linetype 2 \
         dashtype 2 title "log evidence", \
     dir."/two-pixels.dat" using 1:2 with lines linetype 1 \
         title "bound", \
     $points using 1:(bound($1)) with points linetype 3 pointtype 7 \
         pointsize 1 notitle
