#!/bin/sh
# Checks that includes follow tests/lint/arrows.txt, that they are written from the root, and that
# every C folder has a row. Prints each offence as file:line and fails.
set -eu
table=$(dirname "$0")/arrows.txt
find gateway pipelines signaling -name '*.[ch]' | sort | xargs awk -v table="$table" '
BEGIN {
    while ((getline line < table) > 0) {
        if (line ~ /^#/ || line !~ />/) continue
        split(line, half, ">")
        from = half[1]; gsub(/ /, "", from)
        known[from] = 1
        n = split(half[2], targets, " ")
        for (i = 1; i <= n; i++) may[from, targets[i]] = 1
    }
}
function folder_of(path) { sub(/\/[^\/]*$/, "", path); return path }
/^[ \t]*#[ \t]*include[ \t]*"/ {
    target = $0; sub(/^[^"]*"/, "", target); sub(/".*/, "", target)
    from = folder_of(FILENAME); to = folder_of(target)
    if (FILENAME == "gateway/main.c" || to == from || to == "gateway/base") next
    if (!(from in known)) { print FILENAME ":" FNR ": folder " from " has no row in " table; bad = 1; next }
    if (target !~ /\//) { print FILENAME ":" FNR ": write the include from the root: " target; bad = 1; next }
    if (!((from, to) in may) && !((from, target) in may)) {
        print FILENAME ":" FNR ": " from " may not include " target; bad = 1
    }
}
END { exit bad }'
