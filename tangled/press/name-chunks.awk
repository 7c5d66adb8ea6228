# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: awk -f name-chunks.awk -v root=PATH, between markup and nt
BEGIN { choose_comment(root) }
/^@text /      { held = held $0 "\n"; text = text substr($0, 7); next }
/^@use / && open != "" && use == "" && text ~ /^ *$/ {
                 use = substr($0, 6); indent = text
                 held = held $0 "\n"; text = ""; next }
/^@nl$/ && use != "" && text ~ /^ *$/ {
                 printf "@text %s%s%s%s\n@nl\n", indent, open, use, close_
               }
               { printf "%s", held; held = text = use = ""; print }
# choose the language's comment
function choose_comment(path) {
    if (path ~ /\.(c|h|js|css)$/) { open = "/* "; close_ = " */" }
    else if (path ~ /\.(html|csl|xml)$/) { open = "<!-- "; close_ = " -->" }
    else if (path ~ /\.lua$/) open = "-- "
    else if (path ~ /\.(tex|sty|tikz)$/) open = "% "
    else if (path ~ /\.(awk|sh|gp|sed|mk)$/) open = "# "
}
