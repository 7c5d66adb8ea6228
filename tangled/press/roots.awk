# From chapters/app-a-press.nw (edit that, then make tangle)
# usage: markup FILE | awk -f roots.awk -v file=FILE
BEGIN { line = 1 }
/^@nl$/        { line++ }
/^@defn /      { name = substr($0, 7)
                 if (!(name in defined)) { defined[name] = line
                                           order[++chunks] = name } }
/^@quote$/     { quoted = 1 }
/^@endquote$/  { quoted = 0 }
/^@use /       { name = substr($0, 6)
                 if (!quoted && !(name in used)) used[name] = line }
/^@fatal/      { complain(line, "noweb gives up here: " substr($0, 8)) }
END {
    for (name in used)
        if (!(name in defined))
            complain(used[name], "undefined chunk <<" name ">>")
    for (i = 1; i <= chunks; i++)
        if (!(order[i] in used))
            # print the root, or complain that its name is no path
            if (order[i] ~ /^[a-z0-9][a-z0-9.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$/)
                print order[i]
            else
                complain(defined[order[i]], "chunk <<" order[i] \
                         ">> is used nowhere, and its name is no path of a file")
    exit failed
}

function complain(where, what) {
    printf "%s:%d: %s\n", file, where, what > "/dev/stderr"
    failed = 1
}
