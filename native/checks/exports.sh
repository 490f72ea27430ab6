#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# exports.sh LIBRARY HEADER: the library exports the functions that the header declares, no more
# and no fewer.
set -eu

library=$1
header=$2

command -v nm >/dev/null || {
    echo "skipped: nm is not installed"
    exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A declaration begins at the start of a line; comments there begin with " *".
sed -n 's/^[a-z].*[ *]\(n4j_[a-z0-9_]*\)(.*/\1/p' "$header" | sort -u >"$work/declared"
nm -D --defined-only "$library" | awk '{print $NF}' | sort -u >"$work/exported"

if ! diff -U0 --label declared --label exported "$work/declared" "$work/exported"; then
    echo "$library and $header differ: bring libnvme4j.map up to date" >&2
    exit 1
fi
echo "$(wc -l <"$work/exported") functions exported, as declared"
