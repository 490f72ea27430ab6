#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

a=0000:01:00.0
b=0000:02:00.0
all=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
journal=/run/nvme4j/hugepages-setup.journal

driver() { # ADDRESS
    basename "$(readlink "$tree/sys/bus/pci/devices/$1/driver")"
}

@test "reset of an untouched machine changes nothing" {
    before=$(snapshot)
    do_setup reset
    [[ $(snapshot) == "$before" && $output == *"nothing to change"* && ! -e $tree/run/nvme4j ]]
}

@test "reset puts back everything, also by several steps" {
    make_node 1
    before=$(snapshot)
    do_setup reserve --count 64
    do_setup reserve --count 128 --persist
    do_setup mount
    do_setup mount --size 1G --persist
    do_setup bind $a $b
    do_setup reset
    [[ $(snapshot) == "$before" && ! -e $tree/run/nvme4j && ! -e $tree/var/lib/nvme4j ]]
    do_setup reset
    [[ $(snapshot) == "$before" ]]
}

@test "dry run of reset shows all of it" {
    do_setup reserve --count 64
    do_setup mount
    do_setup bind $a
    before=$(snapshot)
    do_setup reset --dry-run
    [[ $(snapshot) == "$before" && -s $tree$journal ]]
    [[ $output == *"driver_override"*"+ umount $tree/dev/hugepages"*"+ echo 0 > "* ]]
}

@test "reset leaves a drive that a program drives, and does the rest" {
    do_setup reserve --count 64
    do_setup bind $a
    make_process 4711 java /dev/vfio/7
    setup_tool reset
    [[ $status == 1 && $stderr == *"$a can't be given back yet: it is held open by java"* ]]
    [[ $(driver $a) == vfio-pci && $(contents $all) == 0 ]]
    rm -r "$tree/proc/4711"
    do_setup reset
    [[ $(driver $a) == nvme && ! -e $tree/run/nvme4j ]]
}

@test "reset says when pages are in use still" {
    do_setup reserve --count 64
    put /.kernel/in-use-2048kB-node0 10
    setup_tool reset
    [[ $status == 1 && $stderr == *"is 10 and not yet 0: somebody uses the pages"* ]]
    rm "$tree/.kernel/in-use-2048kB-node0"
    do_setup reset
    [[ $(contents $all) == 0 ]]
}

@test "reset says when a hugetlbfs is in use still" {
    do_setup mount
    : >"$tree/.kernel/busy-dev-hugepages"
    setup_tool reset
    [[ $status == 1 && $stderr == *"can't be unmounted"* ]]
    rm "$tree/.kernel/busy-dev-hugepages"
    do_setup reset
    [[ $(contents /proc/mounts) != *hugetlbfs* ]]
}

@test "reset takes no offence at what was undone by hand, or went away" {
    do_setup reserve --count 64 --persist
    do_setup mount
    do_setup bind $a $b
    rm "$tree/etc/sysctl.d/90-nvme4j-hugepages.conf" "$tree/sys/bus/pci/devices/$b"
    echo 0 >"$tree/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages"
    put /proc/mounts "overlay / overlay rw 0 0"
    do_setup reset
    [[ $(driver $a) == nvme ]]
}

@test "reset keeps a directory that somebody uses by now" {
    do_setup mount --at /mnt/huge
    : >"$tree/mnt/precious"
    do_setup reset
    [[ -e $tree/mnt/precious && $output == *"stays, as it holds precious"* ]]
}

@test "a module that is in use stays loaded" {
    do_setup bind $a
    : >"$tree/.kernel/uses-vfio-pci"
    do_setup reset
    [[ $(driver $a) == nvme && $output == *"module vfio-pci stays loaded"* ]]
}

@test "a module that drives another drive by now stays loaded" {
    do_setup bind $a
    echo vfio-pci >"$tree/sys/bus/pci/devices/$b/driver_override"
    "$here/fake/tee" -- "$tree/sys/bus/pci/devices/$b/driver/unbind" <<<$b
    "$here/fake/tee" -- "$tree/sys/bus/pci/drivers_probe" <<<$b
    do_setup reset
    [[ $(driver $a) == nvme && $(driver $b) == vfio-pci ]]
    [[ $output == *"module vfio-pci stays loaded, as it drives $b"* ]]
}

@test "half way: the second of two drives is refused by the driver, the first goes back" {
    mkdir -p "$tree/sys/bus/pci/drivers/uio_pci_generic"
    do_setup bind $b --driver uio_pci_generic
    : >"$tree/.kernel/refuses-vfio-pci"
    refuses "driver vfio-pci does not take $a" bind $a $b
    [[ $(driver $a) == nvme && $(driver $b) == uio_pci_generic ]]
}

@test "half way: pages were had, the file can't be written" {
    mkdir "$tree/etc/sysctl.d/90-nvme4j-hugepages.conf"
    before=$(snapshot)
    setup_tool reserve --count 64 --persist
    [[ $status == 1 && $(snapshot) == "$before" && $(contents $all) == 0 ]]
    [[ $stderr == *"undoing what was done before that"* ]]
}

@test "half way: what was there from an earlier run stays" {
    do_setup reserve --count 64
    put /.kernel/limit-2048kB-node0 100
    setup_tool reserve --count 200
    [[ $status == 1 && $(contents $all) == 64 ]]
    do_setup reset
    [[ $(contents $all) == 0 ]]
}

# Of two drives to be bound, the first is half way.
signalled() { # SIGNAL STATUS
    local before status=0 tries
    before=$(snapshot)
    : >"$tree/.kernel/slow-drivers_probe"
    # Of processes in the background, shells ignore INT.
    setsid env --default-signal=INT PATH="$here/fake:$tools" "$here/../hugepages-setup" --root "$tree" \
        bind $a $b >"$BATS_TEST_TMPDIR/said" 2>&1 &
    for ((tries = 0; tries < 200; tries++)); do
        [[ ! -e $tree/.kernel/reached ]] || break
        sleep 0.05
    done
    kill -s "$1" -- "-$!"
    wait $! || status=$?
    rm "$tree/.kernel/reached"
    cat "$BATS_TEST_TMPDIR/said"
    [[ $status == "$2" && $(snapshot) == "$before" && ! -e $tree/run/nvme4j ]]
}

@test "half way: Ctrl-C" {
    signalled INT 130
    [[ $(<"$BATS_TEST_TMPDIR/said") == *"undoing what was done before that"* ]]
}

@test "half way: told to end" {
    signalled TERM 143
}

@test "half way: the terminal is closed" {
    signalled HUP 129
}

@test "half way: nobody reads what it says" {
    before=$(snapshot)
    run bash -c '{ sleep 0.3; "$@"; echo "$?" >"$tree/.kernel/status"; } | true' - \
        env "PATH=$here/fake:$tools" "$here/../hugepages-setup" --root "$tree" bind $a
    [[ $(contents /.kernel/status) == 141 && $(snapshot) == "$before" ]]
}

@test "killed half way: reset knows" {
    before=$(snapshot)
    do_setup bind $a
    rm "$tree/sys/bus/pci/devices/$a"/driver{/$a,} # as between unbind and probe
    do_setup reset
    [[ $(driver $a) == nvme ]]
}

@test "two at once: the second is told" {
    mkdir -p "$tree/run/nvme4j"
    (
        flock 8
        refuses "another hugepages-setup is at work" reserve --count 64
    ) 8>"$tree/run/nvme4j/lock"
}

@test "two at once: one that ended meanwhile took the lock's file with it" {
    # shellcheck disable=SC2016 # what the command runs
    printf '#!/bin/sh\nrm "$tree/run/nvme4j/lock"\n' >"$BATS_TEST_TMPDIR/flock"
    chmod +x "$BATS_TEST_TMPDIR/flock"
    rm "$tools/flock"
    ln -s "$BATS_TEST_TMPDIR/flock" "$tools/flock"
    refuses "another hugepages-setup is at work" reserve --count 64
}
