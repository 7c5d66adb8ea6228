# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "epochs"
set ylabel "nats per test image"
set logscale x
set xrange [1:300]
set yrange [80:130]
set key top right
set datafile separator whitespace
plot dir."/book-run-curve.dat" using 1:2 with lines linetype 3 \
         title "book run, bill", \
     dir."/burda-curve.dat" using 1:2 with lines linetype 1 \
         title "record, 1 code", \
     dir."/burda-curve.dat" using 1:3 with lines linetype 2 \
         title "record, 50 codes", \
     86.76 with lines linetype 4 dashtype 2 \
         title "Burda and others, 5000 codes"
