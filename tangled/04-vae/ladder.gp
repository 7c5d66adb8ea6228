# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "epochs"
set ylabel "nats per test image"
set xrange [0.5:10.5]
set yrange [0:140]
set key center right
set datafile separator whitespace
$reference << EOD
1 128.9
5 108.9
10 104.3
EOD
plot dir."/ladder-curve.dat" using 1:2 every ::1 with linespoints \
         linetype 1 pointtype 7 title "whole bill (negative ELBO)", \
     dir."/ladder-curve.dat" using 1:5 every ::1 with linespoints \
         linetype 2 pointtype 5 title "price of the code (KL)", \
     $reference using 1:2 with points linetype 3 pointtype 6 \
         pointsize 1.6 title "another program, one seed"
