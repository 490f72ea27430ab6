# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# mount: a hugetlbfs.

# Every hugetlbfs: the size of its pages in KiB, and its directory.
hugetlbfs_mounts() {
    local directory type options option page_kib
    while read -r _ directory type options _; do
        [[ $type == hugetlbfs ]] || continue
        page_kib=$(default_size_kib)
        for option in ${options//,/ }; do
            [[ $option != pagesize=* ]] || page_kib=$(size_kib "${option#*=}") || true
        done
        printf '%s %b\n' "$page_kib" "$directory"
    done <"$root/proc/mounts"
}

is_mounted() { # DIR
    local directory
    while read -r _ directory _; do
        [[ $(printf '%b' "$directory") != "$root$1" && $directory != "$1" ]] || return 0
    done <"$root/proc/mounts"
    return 1
}

# The hugetlbfs for pages of this size that is mounted at DIR; without DIR the first one, which is the
# one that DPDK takes.
hugetlbfs_for() { # KIB [DIR]
    local directory page_kib
    while read -r page_kib directory; do
        directory=${directory#"$root"}
        if [[ $page_kib == "$1" && ${2:-$directory} == "$directory" ]]; then
            echo "$directory"
            return
        fi
    done < <(hugetlbfs_mounts)
    return 1
}

persist_mount() { # DIR
    has_systemd || fail "no systemd is here to mount it at boot: add this line to /etc/fstab:" \
        "nodev $1 hugetlbfs pagesize=$(size_name "$kib") 0 0"
    local name=${1#/}
    name=${name//-/\\x2d}
    name=${name//\//-}.mount
    change_file "/etc/systemd/system/$name" "[Unit]
Description=Hugepages of $(size_name "$kib") for nvme4j
DefaultDependencies=no
Before=sysinit.target
ConditionPathExists=$(pool_of "$kib")

[Mount]
What=hugetlbfs
Where=$1
Type=hugetlbfs
Options=pagesize=$(size_name "$kib")

[Install]
WantedBy=sysinit.target"
    change_link "/etc/systemd/system/sysinit.target.wants/$name" "../$name"
}

command_mount() {
    kib=$(size_kib "$size") || misuse "--size $size is no size, such as 2M or 1G"
    among "$persist" "" auto systemd || misuse "mount has no --persist=$persist: systemd alone does it"
    [[ -z $at || $at =~ ^(/[A-Za-z0-9_.-]+)+$ ]] || misuse "--at $at is no full path of a directory"
    node=
    check_pool
    local directory=$at there
    if [[ -z $directory ]]; then
        directory=/dev/hugepages
        [[ $kib == $(default_size_kib) ]] || directory=/dev/hugepages-$(size_name "$kib")
    fi
    if there=$(hugetlbfs_for "$kib" "$at"); then
        say "a hugetlbfs for pages of $(size_name "$kib") is mounted at $there"
    elif is_mounted "$directory"; then
        fail "something else is mounted at $directory: choose another directory (--at)"
    else
        there=$directory
        change_directory "$directory"
        change_mount "$directory" "pagesize=$(size_name "$kib")"
    fi
    if [[ -n $persist && $there == "$directory" ]]; then
        persist_mount "$directory"
    fi
}
