#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

@test "help goes to the output, and names every command" {
    do_setup --help
    for command in status reserve mount bind unbind allow reset; do
        [[ $output == *"  $command "* ]]
    done
}

@test "bad command lines" {
    misuses "which command?"
    misuses "no command explode" explode
    misuses "no option --explode" status --explode
    misuses "--count wants a value" reserve --count
    misuses "mount takes no --count" mount --count 3
    misuses "bind takes no --node" bind --node 0 nvme0
    misuses "reset takes no now" reset now
}

@test "a root directory that is none" {
    setup_tool --root /nowhere status
    [[ $status == 2 && $stderr == *"no directory /nowhere"* ]]
    setup_tool --root "$BATS_TEST_TMPDIR" status
    [[ $status == 2 && $stderr == *"holds no sys and proc"* ]]
}

@test "options come before and after the command" {
    do_setup --count 3 reserve --dry-run
    [[ $output == *"+ echo 3 >"* ]]
}

@test "status shows all, and changes nothing" {
    make_node 1
    make_other 0000:03:00.0 e1000e 9
    do_setup reserve --count 64
    do_setup mount
    do_setup bind nvme1
    mount_block 259:70 /data /dev/nvme0n1
    make_process 4711 java /dev/vfio/8
    before=$(snapshot)
    do_setup status
    [[ $(snapshot) == "$before" ]]
    [[ $output =~ 2M\ +0\ +32\ +32 && $output =~ 2M\ +1\ +32\ +32 ]]
    [[ $output == *"/dev/hugepages for pages of 2M, owner and mode root:root"* ]]
    [[ $output == *"on, 3 groups"* ]]
    [[ $output =~ 0000:01:00.0\ +nvme0\ +nvme\ +7\ +0\ +nvme0n1:\ it\ is\ mounted\ at\ /data ]]
    [[ $output =~ 0000:02:00.0\ +-\ +vfio-pci\ +8\ +0\ +it\ is\ held\ open\ by\ java ]]
    [[ $output == *"  driver 0000:02:00.0 nvme"* && $output != *"0000:03:00.0"* ]]
}

@test "status of a machine that has nothing" {
    rm -r "$tree"/sys/kernel/* "$tree"/sys/bus/pci/devices "$tree"/sys/devices/system
    do_setup status
    [[ $output == *"no hugetlbfs"*"none, or off"*"none on the PCI bus"*"nothing"* ]]
}
