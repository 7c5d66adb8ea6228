# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f log.awk BOOK.log: complains of what must not be in a log
/^@ / { place = $2; next }
/^!/ || /Missing character/ ||
/LaTeX Warning: (Reference|Label|Citation|Hyper)/ ||
/Package hyperref Warning: (Name|Token)/ { complain() }
/^Overfull .hbox/ && match($0, /\([0-9.]+pt/) &&
    substr($0, RSTART + 1) + 0 > 5 { complain() }
/^l\.[0-9]+/ && failed { print "    " $0 > "/dev/stderr" }
END { exit failed }
function complain() {
    print (place ? place : "the frame of the book") ": " $0 > "/dev/stderr"
    failed = 1
}
