#!/bin/sh
# Files over 500 lines and C functions over 50 lines fail the build.
set -eu
bad=0
for f in $(git ls-files --cached --others --exclude-standard | grep -E '\.(c|h|ts|mjs|js|css|sh|py|mk)$|Makefile$'); do
    [ -f "$f" ] || continue
    lines=$(wc -l <"$f")
    [ "$lines" -le 500 ] || { echo "$f: $lines lines, 500 are allowed"; bad=1; }
done
awk '
/^[a-z].*\)$/ || /^[a-z].*,$/ { head = FNR }
/^{/ { start = FNR }
/^}/ { if (start && FNR - start > 50) { print FILENAME ":" start ": a function of " FNR - start " lines, 50 are allowed"; bad = 1 } start = 0 }
END { exit bad }' $(git ls-files --cached --others --exclude-standard | grep -E '\.c$') || bad=1
exit $bad
