# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# The kinds of change. change_KIND does nothing where all is so already; else it shows the change,
# writes down how to undo it, and makes it. undo_KIND takes what was written down.

# Shows a command and runs it.
run() {
    show "$@"
    changes=$((changes + 1))
    ((dry_run)) || "$@"
}

# Written down unless this is a dry run.
record() {
    ((dry_run)) || journal_add "$@"
}

# Writes to a file of the kernel's. Sets `refused` to the kernel's reason when it will not have it.
write_setting() { # FILE VALUE
    refused=
    show "echo${2:+ $2} > $root$1"
    changes=$((changes + 1))
    ((!dry_run)) || return 0
    refused=$(printf '%s\n' "$2" | tee -- "$root$1" 2>&1 >/dev/null) || {
        refused=$(reason "$refused")
        return 1
    }
}

undo_setting() { # FILE VALUE
    [[ $(read_line "$root$1") != "$2" ]] || return 0
    write_setting "$1" "$2" || fail "can't set $1 back to $2: $refused"
    ((dry_run)) || [[ $(read_line "$root$1") == "$2" ]] ||
        fail "$1 is $(read_line "$root$1") and not yet $2: somebody uses the pages"
}

# A configuration file of this tool's own. One of the same name that somebody else wrote stays.
change_file() { # FILE CONTENT
    local file=$root$1 content="# Written by nvme4j's hugepages-setup; its reset removes this file."$'\n'$2
    local old=-
    if [[ -e $file ]]; then
        [[ $(<"$file") != "$content" ]] || return 0
        [[ $(read_line "$file") == "${content%%$'\n'*}" ]] ||
            fail "$file is there already, and is not this tool's: move it away first"
        old=$(base64 -w 0 "$file")
    fi
    change_directory "${1%/*}"
    record file "$1" "$old"
    write_file "$1" "$content"
}

write_file() { # FILE CONTENT
    show "cat > $root$1 <<END"$'\n'"$2"$'\n'END
    changes=$((changes + 1))
    ((dry_run)) || printf '%s\n' "$2" >"$root$1" || fail "can't write $root$1"
}

undo_file() { # FILE BASE64-OF-OLD-CONTENT
    if [[ $2 != - ]]; then
        write_file "$1" "$(base64 -d <<<"$2")"
    elif [[ -e $root$1 ]]; then
        run rm -f -- "$root$1"
    fi
}

change_link() { # FILE TARGET
    [[ $(readlink -- "$root$1") != "$2" ]] || return 0
    change_directory "${1%/*}"
    record link "$1"
    run ln -sfn -- "$2" "$root$1" || fail "can't make the link $root$1"
}

undo_link() { # FILE
    [[ ! -L $root$1 ]] || run rm -f -- "$root$1"
}

change_directory() { # DIR
    [[ ! -d $root$1 ]] || return 0
    [[ -d $root${1%/*} ]] || change_directory "${1%/*}"
    record directory "$1"
    run mkdir -- "$root$1" || fail "can't make the directory $root$1"
}

# One that somebody put something into stays.
undo_directory() { # DIR
    local entries=("$root$1"/* "$root$1"/.[!.]*)
    [[ -d $root$1 ]] || return 0
    if ((!dry_run && ${#entries[@]} > 0)); then
        note "$root$1 stays, as it holds ${entries[0]##*/}"
        return 0
    fi
    run rmdir -- "$root$1"
}

change_mount() { # DIR OPTIONS
    record mount "$1"
    run mount -t hugetlbfs -o "$2" nodev "$root$1" || fail "can't mount a hugetlbfs at $root$1"
}

undo_mount() { # DIR
    ! is_mounted "$1" || run umount "$root$1" ||
        fail "$root$1 can't be unmounted: somebody uses pages of it"
}

# USER:GROUP MODE
owner_of() { # FILE
    stat -c '%U:%G %a' -- "$root$1"
}

# OWNER is USER:GROUP.
change_owner() { # FILE OWNER MODE
    local old
    old=$(owner_of "$1")
    [[ $old != "$2 ${3#0}" ]] || return 0
    record owner "$1" "${old% *}" "${old#* }"
    run chown -- "$2" "$root$1" || fail "can't give $root$1 to $2"
    run chmod -- "$3" "$root$1" || fail "can't set the mode of $root$1"
}

undo_owner() { # FILE OWNER MODE
    [[ -e $root$1 ]] || return 0
    run chown -- "$2" "$root$1" && run chmod -- "$3" "$root$1"
}

# FILE tells that the module is there, be it loaded or a part of the kernel.
change_module() { # MODULE FILE
    [[ ! -e $root$2 ]] || return 0
    command -v modprobe >/dev/null || fail "the kernel module $1 is not loaded, and modprobe, which" \
        "would, is not installed (package kmod)"
    record module "$1"
    run modprobe -- "$1" || fail "the kernel module $1 can't be loaded: is it installed for this" \
        "kernel? (Ubuntu keeps it in linux-modules-extra-$(uname -r))"
}

# A module that somebody uses by now stays. The kernel would take a driver from its devices instead.
undo_module() { # MODULE
    local devices=("$root/sys/bus/pci/drivers/$1"/*:*)
    if ((!dry_run && ${#devices[@]} > 0)); then
        note "module $1 stays loaded, as it drives ${devices[0]##*/}"
        return 0
    fi
    run modprobe -r -q -- "$1" || note "module $1 stays loaded, as it is in use"
}

# A program that has to read changed configuration, where there is somebody to read it. Written down
# before the files that it reads, as changes are undone last first.
plan_refresh() { # COMMAND [ARGUMENT...]
    ! can_refresh "$1" || record refresh "$@"
}

refresh() { # COMMAND [ARGUMENT...]
    ! can_refresh "$1" || run "$@" || fail "$* failed"
}

# Containers have udevadm without the daemon that it talks to.
can_refresh() { # COMMAND
    command -v "$1" >/dev/null && [[ $1 != udevadm || -e $root/run/udev/control ]]
}

undo_refresh() {
    refresh "$@"
}
