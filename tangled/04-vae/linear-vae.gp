# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "epochs"
set ylabel "nats below the optimum"
set logscale y
set xrange [0.5:30.5]
set yrange [*:*]
set datafile separator whitespace
plot dir."/linear-vae.dat" using 1:2 with linespoints linetype 1 \
         title "bound", \
     dir."/linear-vae.dat" using 1:3 with linespoints linetype 2 \
         title "evidence"
