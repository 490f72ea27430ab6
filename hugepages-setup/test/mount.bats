#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

mounts() {
    grep -c hugetlbfs "$tree/proc/mounts" || true
}

@test "mounts at the usual place" {
    do_setup mount
    [[ $(contents /proc/mounts) == *"/dev/hugepages hugetlbfs rw,relatime,pagesize=2M"* ]]
}

@test "twice changes nothing the second time" {
    do_setup mount
    before=$(snapshot)
    do_setup mount
    [[ $(snapshot) == "$before" && $output == *"is mounted at /dev/hugepages"* ]]
}

@test "one that the system mounted will do" {
    put /proc/mounts "hugetlbfs /dev/hugepages hugetlbfs rw,relatime,pagesize=2M 0 0"
    before=$(snapshot)
    do_setup mount
    [[ $(snapshot) == "$before" ]]
}

@test "a mount without pagesize= is one of the default size" {
    put /proc/mounts "nodev /mnt/huge hugetlbfs rw,relatime 0 0"
    do_setup mount
    [[ $(mounts) == 1 && $output == *"mounted at /mnt/huge"* ]]
    do_setup mount --size 1G
    [[ $(mounts) == 2 ]]
}

@test "pages of 1 GiB have a place of their own" {
    do_setup mount
    do_setup mount --size 1G
    [[ $(contents /proc/mounts) == *"/dev/hugepages-1G hugetlbfs rw,relatime,pagesize=1G"* ]]
}

@test "the kernel's way to write 1 GiB is understood" {
    put /proc/mounts "nodev /mnt/huge hugetlbfs rw,pagesize=1024M 0 0"
    do_setup mount --size 1G
    [[ $(mounts) == 1 ]]
}

@test "at another place, also beside a first one" {
    do_setup mount
    do_setup mount --at /mnt/a/b
    [[ $(mounts) == 2 && -d $tree/mnt/a/b ]]
    before=$(snapshot)
    do_setup mount --at /mnt/a/b
    [[ $(snapshot) == "$before" && $output == *"is mounted at /mnt/a/b"* ]]
}

@test "reset unmounts and removes the directories made for it" {
    before=$(snapshot)
    do_setup mount --at /mnt/a/b
    do_setup reset
    [[ $(snapshot) == "$before" ]]
}

@test "something else is mounted there" {
    mkdir -p "$tree/mnt"
    put /proc/mounts "tmpfs /mnt tmpfs rw 0 0"
    refuses "something else is mounted at /mnt" mount --at /mnt
}

@test "mount fails: the directory goes again" {
    : >"$tree/.kernel/fails-mount"
    refuses "can't mount a hugetlbfs at $tree/mnt/new" mount --at /mnt/new
}

@test "after each boot, by systemd" {
    before=$(snapshot)
    do_setup mount --size 1G --persist
    unit='/etc/systemd/system/dev-hugepages\x2d1G.mount'
    [[ $(contents "$unit") == *"Where=/dev/hugepages-1G"*"Options=pagesize=1G"* ]]
    [[ -L $tree/etc/systemd/system/sysinit.target.wants/dev-hugepages\\x2d1G.mount ]]
    after=$(snapshot)
    do_setup mount --size 1G --persist
    [[ $(snapshot) == "$after" ]]
    do_setup reset
    [[ $(snapshot) == "$before" ]]
}

@test "after each boot, without systemd: says what to add where" {
    rm -r "$tree/etc/systemd"
    refuses "add this line to /etc/fstab: nodev /dev/hugepages hugetlbfs pagesize=2M" mount --persist
}

@test "dry run" {
    before=$(snapshot)
    do_setup mount -n
    [[ $(snapshot) == "$before" ]]
    [[ $output == *"+ mount -t hugetlbfs -o pagesize=2M nodev $tree/dev/hugepages"* ]]
}

@test "bad sizes and places" {
    misuses "--at relative" mount --at relative
    misuses "--at /a b" mount --at "/a b"
    misuses "--size x" mount --size x
    refuses "no hugepages of 4M" mount --size 4M
}
