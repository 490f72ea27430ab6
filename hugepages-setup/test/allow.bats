#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

rules=/etc/udev/rules.d/90-nvme4j.rules

owner() { # FILE
    stat -c '%U:%G %a' -- "$tree$1"
}

@test "gives a user hugepages, drives and locked memory" {
    do_setup mount
    do_setup bind 0000:01:00.0
    put /dev/vfio/7 ""
    do_setup allow fred
    [[ $(owner /dev/hugepages) == "fred:root 700" && $(owner /dev/vfio/7) == "fred:root 600" ]]
    [[ $(contents $rules) == *'SUBSYSTEM=="vfio", KERNEL!="vfio", OWNER="fred", MODE="0600"' ]]
    [[ $(contents /etc/security/limits.d/90-nvme4j.conf) == *"fred - memlock unlimited" ]]
    [[ $(contents /etc/tmpfiles.d/nvme4j.conf) == *"z /dev/hugepages 0700 fred root" ]]
    [[ $(contents /.kernel/called) == "udevadm control --reload" ]]
    [[ $output == *"from the next login on"* ]]
}

@test "gives a group the same" {
    do_setup mount
    do_setup allow @storage
    [[ $(owner /dev/hugepages) == "root:storage 770" ]]
    [[ $(contents $rules) == *'GROUP="storage", MODE="0660"' ]]
    [[ $(contents /etc/security/limits.d/90-nvme4j.conf) == *"@storage - memlock unlimited" ]]
}

@test "twice changes nothing the second time" {
    do_setup mount
    do_setup allow fred
    before=$(snapshot)
    do_setup allow fred
    [[ $(snapshot) == "$before" ]]
}

@test "reset undoes all" {
    do_setup mount
    before=$(snapshot)
    do_setup allow fred
    do_setup allow @storage
    rm -rf "$tree/run/nvme4j"
    do_setup reset
    [[ $(owner /dev/hugepages) == root:root\ 7* && ! -e $tree$rules ]]
    [[ $(ls -A "$tree/etc/security/limits.d" "$tree/etc/tmpfiles.d") != *nvme4j* ]]
}

@test "another user: the first has it no more, and is told of" {
    do_setup mount
    do_setup allow fred
    do_setup allow @storage
    [[ $output == *"/dev/hugepages is taken from fred:root"*"allow @GROUP"* ]]
    do_setup allow @storage
    [[ $output != *"is taken"* ]]
}

@test "a hugetlbfs at a place with a space" {
    mkdir "$tree/mnt huge"
    put /proc/mounts 'nodev /mnt\040huge hugetlbfs rw 0 0'
    do_setup allow fred
    [[ $(owner "/mnt huge") == "fred:root 700" ]]
    [[ $(contents /etc/tmpfiles.d/nvme4j.conf) == *'z /mnt\x20huge 0700 fred root' ]]
}

@test "no udev that would read the rule, as in containers: it is not told" {
    rm "$tree/run/udev/control"
    : >"$tree/.kernel/fails-udevadm"
    do_setup mount
    do_setup allow fred
    [[ -e $tree$rules && $output != *"+ udevadm"* ]]
    do_setup reset
    [[ ! -e $tree$rules ]]
}

@test "no such user, no such group" {
    do_setup mount
    refuses "there is no user nobody-here" allow nobody-here
    refuses "there is no group fred" allow @fred
    setup_tool allow 'fred"; x'
    [[ $status == 2 && $stderr == *"no name of a user"* ]]
    misuses "the name of one user" allow
    misuses "the name of one user" allow fred storage
}

@test "no hugetlbfs to give: says what to run first" {
    refuses "run 'hugepages-setup mount' first" allow fred
}

@test "a step fails half way: those before it are undone" {
    do_setup mount
    put $rules "somebody else's"
    chmod 755 "$tree/dev/hugepages"
    refuses "is not this tool's" allow fred
    [[ $(owner /dev/hugepages) == "root:root 755" ]]
}

@test "dry run" {
    do_setup mount
    before=$(snapshot)
    do_setup allow fred -n
    [[ $(snapshot) == "$before" && $output == *"+ chown -- fred:root $tree/dev/hugepages"* ]]
}
