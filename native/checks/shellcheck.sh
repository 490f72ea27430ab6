#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# ShellCheck finds nothing in the project's shell scripts.
set -eu
cd "$(dirname "$0")/../.."

command -v shellcheck >/dev/null || {
    echo "skipped: shellcheck is not installed"
    exit 77
}

grep -rlE --exclude-dir=.git --exclude-dir=target '^#!/.*(sh|bash)$' . | xargs shellcheck -x -a
# In tests of bats, variables come from what they load (SC2154).
find . -name target -prune -o -name '*.bats' -exec shellcheck -e SC2154 {} +
