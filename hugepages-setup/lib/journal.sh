# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# What was changed, written down before it is, so that it can be undone: by the run itself when a
# later step fails, else by `reset`. Each line is a KIND and its arguments, with tabs between; the
# function undo_KIND takes them. Two files, as a reboot undoes some changes and not others.

signals=(HUP INT PIPE TERM)

journal_open() {
    journal_now=$root/run/nvme4j/hugepages-setup.journal         # gone with the next boot
    journal_lasting=$root/var/lib/nvme4j/hugepages-setup.journal # kept
    journal=$journal_now
    if [[ -n $persist || $command == allow ]]; then
        journal=$journal_lasting
    fi
    changes=0
    changed=()
    ((dry_run)) || journal_lock
    trap 'journal_close_on_exit $?' EXIT
    local signal
    for signal in "${signals[@]}"; do
        # shellcheck disable=SC2064 # expanded now
        trap "exit $((128 + $(kill -l "$signal")))" "$signal"
    done
}

journal_lock() {
    mkdir -p "${journal_now%/*}" "${journal_lasting%/*}" ||
        fail "can't keep a record of changes in ${journal_now%/*}"
    local lock=${journal_now%/*}/lock
    exec 9>"$lock"
    # One that ended meanwhile has removed the file that was opened.
    if ! flock -n 9 || [[ ! $lock -ef /proc/self/fd/9 ]]; then
        fail "another hugepages-setup is at work"
    fi
}

# Writes down a change that is about to be made: journal_add KIND ARGUMENT...
journal_add() {
    local line
    printf -v line '%s\t' "$@"
    line=${line%$'\t'}
    printf '%s\n' "$line" >>"$journal" || fail "can't write $journal"
    changed+=("$line")
}

undo() { # LINE
    local fields
    IFS=$'\t' read -ra fields <<<"$1"
    "undo_${fields[0]}" "${fields[@]:1}"
}

# Removes the last line that says LINE.
journal_remove() { # FILE LINE
    local lines i
    mapfile -t lines <"$1"
    for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
        if [[ ${lines[i]} == "$2" ]]; then
            unset 'lines[i]'
            break
        fi
    done
    if ((${#lines[@]} == 0)); then
        rm -f -- "$1"
    else
        printf '%s\n' "${lines[@]}" >"$1.new"
        mv -- "$1.new" "$1"
    fi
}

# What a change that lasts builds on lasts, too: reset can then go back to what was before both.
journal_keep_setting() { # FILE
    local line
    ((!dry_run)) && [[ -e $journal_now ]] || return 0
    while IFS= read -r line; do
        if [[ $line == "setting"$'\t'"$1"$'\t'* ]]; then
            printf '%s\n' "$line" >>"$journal_lasting"
            journal_remove "$journal_now" "$line"
        fi
    done < <(cat "$journal_now")
}

journal_close() {
    if ((changes == 0)); then
        say "nothing to change"
    elif ((dry_run)); then
        say "dry run: nothing was changed"
    fi
    trap - EXIT
    ((dry_run)) || journal_tidy
}

# Nothing is left behind where nothing is written down.
journal_tidy() {
    local file
    for file in "$journal_now" "$journal_lasting"; do
        [[ -s $file ]] || rm -f -- "$file"
    done
    [[ -e $journal_now ]] || rm -f -- "${journal_now%/*}/lock"
    rmdir -- "${journal_now%/*}" "${journal_lasting%/*}" 2>/dev/null || true
}

# Reached when something failed, or at a signal: what this run did is undone, last change first.
# Further signals wait for that.
journal_close_on_exit() { # STATUS
    trap - EXIT
    trap '' "${signals[@]}"
    set +e
    local i
    if ((${#changed[@]} > 0)); then
        printf 'hugepages-setup: undoing what was done before that\n' >&2
    fi
    for ((i = ${#changed[@]} - 1; i >= 0; i--)); do
        if (undo "${changed[i]}"); then
            journal_remove "$journal" "${changed[i]}"
        else
            printf 'hugepages-setup: this could not be undone; run reset later\n' >&2
        fi
    done
    ((dry_run)) || journal_tidy
    exit "$1"
}
