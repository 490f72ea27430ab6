#!/bin/sh
# SPDX-License-Identifier: Apache-2.0

# cppcheck finds nothing in the C sources.
set -eu
cd "$(dirname "$0")/../.."

command -v cppcheck >/dev/null || {
    echo "skipped: cppcheck is not installed"
    exit 77
}

cppcheck --quiet --error-exitcode=1 --std=c17 --enable=warning,performance,portability \
    --inline-suppr --suppress=missingIncludeSystem -I native/include -I native/shim \
    native/shim native/embedded native/spdk
