# From chapters/00-foundations.nw (edit that, then make tangle)
set xlabel "position, in steps h from the kink"
set ylabel "slope reported"
set xrange [-3:3]
set yrange [-0.15:1.25]
set key top left
set samples 601
relu(x) = x > 0 ? x : 0
near(x) = (relu(x + 1) - relu(x - 1)) / 2
far(x) = (relu(x + 2) - relu(x - 2)) / 4
set arrow from -2, graph 0 to -2, graph 1 nohead dashtype 3
set arrow from 2, graph 0 to 2, graph 1 nohead dashtype 3
plot x < 0 ? 0 : 1 with lines linetype 1 title "derivative", \
     near(x) with lines linetype 2 title "simple difference", \
     (4 * near(x) - far(x)) / 3 with lines linetype 3 \
         title "combination"
