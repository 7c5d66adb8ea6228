# From chapters/00-foundations.nw (edit that, then make tangle)
set xlabel "b"
set ylabel "a"
set xrange [-3.5:11]
set yrange [-1.2:1.2]
set key bottom right
rate = 0.07
mu = 0
a = 1; b = 10; p = 0; q = 0
set print $plain
do for [t = 0:20] {
    print b, a
    p = mu * p + 25 * a; q = mu * q + b
    a = a - rate * p; b = b - rate * q
}
mu = 0.7
a = 1; b = 10; p = 0; q = 0
set print $momentum
do for [t = 0:20] {
    print b, a
    p = mu * p + 25 * a; q = mu * q + b
    a = a - rate * p; b = b - rate * q
}
unset print
set parametric
set trange [0:2 * pi]
set samples 200
plot for [c in "0.5 2 5 10"] c * cos(t), c * sin(t) / 5 \
         with lines linecolor rgb "#b8b8b8" linewidth 0.8 dashtype 1, \
     $plain with linespoints linetype 1 title "plain", \
     $momentum with linespoints linetype 2 title "with momentum"
