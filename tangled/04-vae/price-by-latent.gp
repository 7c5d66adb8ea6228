# From chapters/04-vae.nw (edit that, then make tangle)
set xlabel "latent, by rank"
set ylabel "nats per image"
set xrange [0:51]
set yrange [0:*]
set boxwidth 0.8
set datafile separator whitespace
set style fill solid 0.8 noborder
unset key
plot dir."/ladder-price.dat" using 1:2 with boxes linetype 1
