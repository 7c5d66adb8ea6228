# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f first-line.awk -v root=PATH -v chapter=FILE
BEGIN { choose_comment(root) }
NR == 1 && /^#!/ { print; getline; header(); print; next }
NR == 1          { header() }
                 { print }
function header() {
    if (open != "")
        print open "From " chapter " (edit that, then make tangle)" close_
}
# choose the language's comment
function choose_comment(path) {
    if (path ~ /\.(c|h|js|css)$/) { open = "/* "; close_ = " */" }
    else if (path ~ /\.(html|csl|xml)$/) { open = "<!-- "; close_ = " -->" }
    else if (path ~ /\.lua$/) open = "-- "
    else if (path ~ /\.(tex|sty|tikz)$/) open = "% "
    else if (path ~ /\.(awk|sh|gp|sed|mk)$/) open = "# "
}
