# From chapters/app-a-press.nw (edit that, then make tangle)
if (!exists("width")) width = 12.0
if (!exists("height")) height = 7.0
set encoding utf8
set terminal pdfcairo font "TeX Gyre Pagella,9" fontscale 0.7 linewidth 1 \
    rounded size width cm, height cm
set output out
set datafile commentschars "#"
set border 3 linewidth 0.7
set tics nomirror out scale 0.6
set grid linecolor rgb "#b8b8b8" linewidth 0.4 dashtype 1
set key noautotitle spacing 1.15 samplen 2.2
# choose six lines that differ in more than colour
set linetype 1 linecolor rgb "#0072B2" linewidth 1.6 dashtype 1 pointtype 7
set linetype 2 linecolor rgb "#D55E00" linewidth 1.6 dashtype 2 pointtype 5
set linetype 3 linecolor rgb "#009E73" linewidth 1.6 dashtype 4 pointtype 9
set linetype 4 linecolor rgb "#CC79A7" linewidth 1.6 dashtype 3 pointtype 13
set linetype 5 linecolor rgb "#E69F00" linewidth 1.6 dashtype 5 pointtype 11
set linetype 6 linecolor rgb "#56B4E9" linewidth 1.6 dashtype 1 pointtype 6
set linetype cycle 6
set pointsize 0.45
