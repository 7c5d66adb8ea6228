# From chapters/app-c-performance.nw (edit that, then make tangle)
set logscale xy
set xlabel "operations a byte"
set ylabel "billions of operations a second"
set xrange [0.2:300]
set yrange [2:400]
set datafile separator whitespace
stats dir."/bench-roofs.dat" using 1 name "peak" nooutput
stats dir."/bench-roofs.dat" using 2 name "band" nooutput
roof(x) = x * band_max < peak_max ? x * band_max : peak_max
set key bottom right
plot roof(x) with lines linetype 3 title "roofs of one core", \
     dir."/bench-roofline.dat" using 1:3 with points linetype 2 \
         pointsize 0.9 title "OpenBLAS", \
     dir."/bench-roofline.dat" using 1:2 with points linetype 1 \
         pointsize 0.7 title "ours"
