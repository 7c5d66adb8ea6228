# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f log.awk BOOK.log: complains of what must not be in a log
/^!/ || /^Overfull .hbox/ || /Missing character/ ||
/LaTeX Warning: (Reference|Label|Citation|Hyper)/ ||
/Package hyperref Warning: (Name|Token)/ {
    if ($0 ~ /^Overfull/) {
        match($0, /\([0-9.]+pt too wide/)
        if (substr($0, RSTART + 1) + 0 <= 5) next
    }
    print place() $0 > "/dev/stderr"; failed = 1
}
match($0, /build\/weave\/[A-Za-z0-9-]*\.tex/) {
    file = substr($0, RSTART, RLENGTH)
}
/^l\.[0-9]+/ { print place_at(substr($1, 3)) "  " $0 > "/dev/stderr" }
END { exit failed }
# find the chapter's line
function place(  n) {
    if (match($0, /lines? [0-9]+/)) {
        n = substr($0, RSTART, RLENGTH); sub(/lines? /, "", n)
        return place_at(n)
    }
    return file ": "
}
function place_at(n,  text, at, found) {
    found = file ":" n
    while (file != "" && at < n && (getline text < file) > 0) {
        at++
        if (text ~ /^%@ /) found = substr(text, 4)
    }
    close(file)
    return found ": "
}
