# From chapters/app-c-performance.nw (edit that, then make tangle)
set multiplot layout 1,2
set logscale x
set ylabel "billions of operations a second"
set yrange [0:*]
set xtics (25, 100, 400, 1600)
set key bottom right
set datafile separator whitespace
set xlabel "images in a batch"
plot dir."/bench-batch.dat" using 1:2 with linespoints linetype 1 \
         title "one thread", \
     dir."/bench-batch.dat" using 1:3 with linespoints linetype 2 \
         title "all threads"
unset ylabel
set xlabel "hidden units"
plot dir."/bench-width.dat" using 1:2 with linespoints linetype 1 \
         title "one thread", \
     dir."/bench-width.dat" using 1:3 with linespoints linetype 2 \
         title "all threads"
unset multiplot
