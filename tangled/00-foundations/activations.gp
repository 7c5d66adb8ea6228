# From chapters/00-foundations.nw (edit that, then make tangle)
set multiplot layout 1, 2
set xlabel "layer"
set ylabel "root mean square of the units"
set logscale y
set format y "10^{%T}"
set xrange [0:10]
set yrange [1e-4:1e2]
do for [f = 0:1] {
    set title f == 0 ? "rectifier" : "tanh"
    if (f == 0) { set key top left } else { unset key }
    plot for [s = 1:4] dir."/activations.dat" \
         using 1:(column(1 + 4 * f + s)) with linespoints linetype s \
         title word("1/(2n) Glorot He 4/n", s)
}
unset multiplot
