#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

all=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
sysctl=/etc/sysctl.d/90-nvme4j-hugepages.conf

@test "by sysctl.d, where that can do it" {
    do_setup reserve --count 64 --persist
    [[ $(contents $sysctl) == *"vm.nr_hugepages = 64" && $(contents $all) == 64 ]]
}

@test "twice changes nothing the second time, reset undoes all" {
    before=$(snapshot)
    do_setup reserve --count 64 --persist
    after=$(snapshot)
    do_setup reserve --count 64 --persist
    [[ $(snapshot) == "$after" && $output == *"nothing to change"* ]]
    do_setup reset
    [[ $(snapshot) == "$before" && ! -e $tree/run/nvme4j && ! -e $tree/var/lib/nvme4j ]]
}

@test "another count replaces the first" {
    before=$(snapshot)
    do_setup reserve --count 64 --persist
    do_setup reserve --count 100 --persist
    [[ $(contents $sysctl) == *"= 100" ]]
    do_setup reset
    [[ $(snapshot) == "$before" ]]
}

@test "after a reboot, reset still knows what was there before" {
    before=$(snapshot)
    do_setup reserve --count 64
    do_setup reserve --count 64 --persist
    rm -rf "$tree/run/nvme4j"
    do_setup reset
    [[ $(snapshot) == "$before" ]]
}

@test "another file sets the same: a note says so" {
    put /etc/sysctl.d/99-spdk.conf "vm.nr_hugepages=2048"
    do_setup reserve --count 64 --persist
    [[ $output == *"99-spdk.conf sets vm.nr_hugepages, too"* ]]
}

@test "a file of the same name that somebody else wrote stays" {
    put $sysctl "vm.nr_hugepages = 1"
    refuses "is not this tool's" reserve --count 64 --persist
}

@test "by systemd for one node" {
    make_node 1
    do_setup reserve --count 64 --node 1 --persist
    unit=/etc/systemd/system/nvme4j-hugepages-2M-node1.service
    [[ $(contents $unit) == *"ConditionPathExists=/sys/devices/system/node/node1/hugepages"* ]]
    [[ -e $tree/etc/systemd/system/sysinit.target.wants/${unit##*/} ]]
}

@test "by systemd for another size" {
    do_setup reserve --count 2 --size 1G --persist
    [[ -e $tree/etc/systemd/system/nvme4j-hugepages-1G.service ]]
}

@test "the command in the unit does what it should" {
    do_setup reserve --count 64 --persist=systemd
    unit=$(contents /etc/systemd/system/nvme4j-hugepages-2M.service)
    [[ $unit =~ ExecStart=/bin/sh\ -c\ \'([^\']*)\' ]]
    line=${BASH_REMATCH[1]//\/sys/$tree/sys}
    echo 3 >"$tree$all"
    sh -c "$line"
    [[ $(contents $all) == 64 ]]
    echo 99 >"$tree$all"
    sh -c "$line"
    [[ $(contents $all) == 99 ]]
}

@test "by the kernel's command line, through GRUB" {
    before=$(snapshot)
    do_setup reserve --count 2 --size 1G --node 0 --persist=cmdline
    file=/etc/default/grub.d/90-nvme4j-1G-node0.cfg
    # shellcheck disable=SC1090 # what the command wrote
    [[ $(. "$tree$file" && echo "$GRUB_CMDLINE_LINUX") == " hugepagesz=1G hugepages=0:2" ]]
    [[ $(contents /.kernel/called) == "update-grub " ]]
    do_setup reset
    [[ $(snapshot) == "$before" && $(wc -l <"$tree/.kernel/called") == 2 ]]
}

@test "GRUB fails: all is undone" {
    : >"$tree/.kernel/fails-update-grub"
    refuses "update-grub failed" reserve --count 2 --persist=cmdline
}

@test "no GRUB, or not this way: says what to add" {
    rm -r "$tree/etc/default"
    refuses "add 'hugepagesz=2M hugepages=64' to the kernel's command line" \
        reserve --count 64 --persist=cmdline
}

@test "ways that can't do what is asked" {
    refuses "sysctl.d can't reserve pages on one node" reserve --count 64 --node 0 --persist=sysctl
    refuses "sysctl.d can reserve pages of the default size, 2M, alone" \
        reserve --count 2 --size 1G --persist=sysctl
    rm -r "$tree/etc/systemd"
    refuses "systemd does not run here" reserve --count 64 --persist=systemd
    rm -r "$tree/etc/sysctl.d"
    refuses "neither sysctl.d nor systemd is here" reserve --count 64 --persist
}

@test "dry run" {
    before=$(snapshot)
    do_setup reserve --count 64 --persist --dry-run
    [[ $(snapshot) == "$before" && $output == *"+ cat > $tree$sysctl"*"vm.nr_hugepages = 64"* ]]
}
