# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# reset: undoes what was written down, last change first. What can't be undone now stays written
# down, and the rest is undone all the same.

reset_journal() { # FILE
    local lines i
    [[ -e $1 ]] || return 0
    mapfile -t lines <"$1"
    for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
        if (undo "${lines[i]}"); then
            ((dry_run)) || journal_remove "$1" "${lines[i]}"
        else
            left=$((left + 1))
        fi
    done
    reset_any=1
}

command_reset() {
    local left=0 reset_any=0
    reset_journal "$journal_now"
    reset_journal "$journal_lasting"
    ((left == 0)) || fail "$left changes could not be undone yet; run reset again after mending that"
    if ((reset_any)); then
        changes=1
    fi
}
