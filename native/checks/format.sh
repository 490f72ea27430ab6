#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# format.sh [--fix]: C sources are as .clang-format says; with --fix, makes them so.
set -eu
cd "$(dirname "$0")/../.."

command -v clang-format >/dev/null || {
    echo "skipped: clang-format is not installed"
    exit 77
}

if [ "${1-}" = --fix ]; then
    find native -name '*.[ch]' -exec clang-format -i {} +
else
    find native -name '*.[ch]' -exec clang-format --dry-run --Werror {} + || {
        echo "mend it with: native/checks/format.sh --fix" >&2
        exit 1
    }
fi
