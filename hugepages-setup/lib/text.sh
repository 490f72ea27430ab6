# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# What people see.

say() {
    printf '%s\n' "$*"
}

note() {
    printf 'note: %s\n' "$*"
}

# One change, as the command that makes it. With --dry-run, that is all.
show() {
    printf '+ %s\n' "$*"
}

fail() {
    printf 'hugepages-setup: %s\n' "$*" >&2
    exit 1
}

misuse() {
    printf 'hugepages-setup: %s (--help tells more)\n' "$*" >&2
    exit 2
}

# Whether a word is among others: among WORD OTHER...
among() {
    local other
    for other in "${@:2}"; do
        [[ $other != "$1" ]] || return 0
    done
    return 1
}

# First line of a file of the kernel's, or nothing.
read_line() { # FILE
    local line=
    [[ ! -r $1 ]] || IFS= read -r line <"$1" || true
    printf '%s' "$line"
}

# What a message of a tool says, without the tool's and the file's name: "tee: FILE: REASON".
reason() {
    local text=${1##*$'\n'}
    printf '%s' "${text##*: }"
}
