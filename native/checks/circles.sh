#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# circles.sh "DIRECTORY..." OBJECT...: no two files need each other, by way of others either. A .c and
# the .h of its name are one. A file needs those that have the functions and data that it uses (nm), and
# those whose headers it includes. The objects are made of sources in the directories, which are what
# includes are relative to.
set -eu
cd "$(dirname "$0")/../.."

directories=$1
shift

command -v nm >/dev/null || {
    echo "skipped: nm is not installed"
    exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A source's name without its directory and ending. CMake keeps objects in TARGET.dir/, as the sources are.
names='function name_of(path, i) {
           sub(/.*\.dir\//, "", path)
           sub(/^\.\//, "", path)
           for (i in directories) {
               if (index(path, directories[i] "/") == 1) {
                   path = substr(path, length(directories[i]) + 2)
               }
           }
           sub(/\.[ch](\.o)?$/, "", path)
           return path
       }
       BEGIN { split(list, directories, " ") }'

# Lines "path/of/source.c.o: SYMBOL KIND ..."
nm -A --format=posix "$@" | awk -v list="$directories" "$names"'
    { sub(/.*\.dir\//, ""); sub(/:$/, "", $1) }
    $3 ~ /^[A-TV-Z]$/ { owner[$2] = name_of($1) }
    $3 == "U" { used[name_of($1) " " $2] = $2 }
    END {
        for (use in used) {
            if (used[use] in owner) {
                split(use, user, " ")
                print user[1], owner[used[use]]
            }
        }
    }' >"$work/needs"

[ -s "$work/needs" ] || {
    echo "skipped: nm finds no symbols in what this compiler makes"
    exit 77
}

# Lines "path/of/source.c:#include "header.h""
# shellcheck disable=SC2086 # several directories
find $directories -name '*.[ch]' -exec grep -H '^#include "' {} + |
    awk -F '[:"]' -v list="$directories" "$names"'{ print name_of($1), name_of($3) }' >>"$work/needs"

if ! sort -u "$work/needs" | tsort >/dev/null 2>"$work/circle"; then
    sed 's/^tsort: -.*/these need each other:/; s/^tsort: /    /' "$work/circle" >&2
    echo "move what they share to a file of its own" >&2
    exit 1
fi
echo "$(sort -u "$work/needs" | wc -l) needs of files, and no circle"
