#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

a=0000:01:00.0
b=0000:02:00.0

driver() { # ADDRESS
    basename "$(readlink "$tree/sys/bus/pci/devices/$1/driver")"
}

bound_by_another() {
    mkdir -p "$tree/sys/bus/pci/drivers/vfio-pci" "$tree/sys/module/vfio_iommu_type1"
    rm -r "$tree/sys/bus/pci/devices/$a/nvme"
    link /sys/devices/pci0000:00/$a/driver ../../../bus/pci/drivers/vfio-pci
    link /sys/bus/pci/drivers/vfio-pci/$a ../../../../devices/pci0000:00/$a
}

@test "takes a drive for vfio-pci, and leaves no override behind" {
    do_setup bind $a
    [[ $(driver $a) == vfio-pci && $(driver $b) == nvme ]]
    [[ $(contents /sys/bus/pci/devices/$a/driver_override) == "(null)" ]]
}

@test "several drives, named twice, by short address, by controller, by namespace" {
    do_setup bind 01:00.0 nvme0 /dev/nvme0n1 nvme1
    [[ $(driver $a) == vfio-pci && $(driver $b) == vfio-pci ]]
    [[ $(wc -l <"$tree/run/nvme4j/hugepages-setup.journal") == 4 ]]
}

@test "an address in capitals" {
    make_drive 0000:0a:00.0 nvme2 9
    do_setup bind 0000:0A:00.0
    [[ $(driver 0000:0a:00.0) == vfio-pci ]]
}

@test "twice changes nothing the second time" {
    do_setup bind $a
    before=$(snapshot)
    do_setup bind $a
    [[ $(snapshot) == "$before" && $output == *"has driver vfio-pci already"*"nothing to change"* ]]
}

@test "a drive that another tool bound is left as it is" {
    bound_by_another
    before=$(snapshot)
    do_setup bind $a
    [[ $(snapshot) == "$before" ]]
}

@test "a drive without a driver" {
    rm "$tree/sys/bus/pci/devices/$a/driver" "$tree/sys/bus/pci/drivers/nvme/$a"
    do_setup bind $a
    [[ $(driver $a) == vfio-pci ]]
    do_setup reset
    [[ ! -e $tree/sys/bus/pci/devices/$a/driver ]]
}

@test "no IOMMU: uio_pci_generic, with a note" {
    rm -r "$tree/sys/kernel/iommu_groups"
    rm "$tree"/sys/bus/pci/devices/*/iommu_group
    do_setup bind $a
    [[ $(driver $a) == uio_pci_generic && $output == *"nvme4j has to run as root"* ]]
}

@test "no IOMMU, and vfio-pci asked for: says how to get one" {
    rm -r "$tree/sys/kernel/iommu_groups"
    refuses "vfio-pci needs an IOMMU" bind $a --driver vfio-pci
    [[ $stderr == *"intel_iommu=on"* ]]
}

@test "no IOMMU, and vfio allowed without one" {
    rm -r "$tree/sys/kernel/iommu_groups"
    put /sys/module/vfio/parameters/enable_unsafe_noiommu_mode Y
    do_setup bind $a
    [[ $(driver $a) == vfio-pci ]]
}

@test "uio_pci_generic where asked for" {
    do_setup bind $a --driver=uio_pci_generic
    [[ $(driver $a) == uio_pci_generic ]]
}

@test "from one driver of user space to another" {
    do_setup bind $a
    do_setup bind $a --driver uio_pci_generic
    [[ $(driver $a) == uio_pci_generic ]]
    do_setup reset
    [[ $(driver $a) == nvme ]]
}

@test "no modprobe: says which package has it" {
    mkdir "$BATS_TEST_TMPDIR/fewer"
    ln -s "$here"/fake/{tee,stat} "$BATS_TEST_TMPDIR/fewer"
    run --separate-stderr env "PATH=$BATS_TEST_TMPDIR/fewer:$tools" \
        "$here/../hugepages-setup" --root "$tree" bind $a
    [[ $status == 1 && $stderr == *"package kmod"* && $(driver $a) == nvme ]]
}

@test "no such module: says so, and changes nothing" {
    : >"$tree/.kernel/missing-vfio-pci"
    refuses "the kernel module vfio-pci can't be loaded" bind $a
}

@test "IOMMU group shared with a device of the kernel's: names it" {
    make_other 0000:03:00.0 e1000e 7
    refuses "shares IOMMU group 7 with devices that the kernel uses: 0000:03:00.0 (driver e1000e)" \
        bind $a
}

@test "IOMMU group shared with a bridge, and with a device without driver" {
    make_other 0000:03:00.0 pcieport 7
    make_other 0000:04:00.0 none 7
    rm "$tree/sys/bus/pci/devices/0000:04:00.0/driver"
    do_setup bind $a
}

@test "IOMMU group shared with a drive that is bound, too" {
    make_drive 0000:05:00.0 nvme2 7
    refuses "0000:05:00.0 (driver nvme)" bind $a
    do_setup bind $a 0000:05:00.0
}

@test "what is no drive is not taken" {
    make_other 0000:03:00.0 e1000e 9
    refuses "0000:03:00.0 is no NVMe drive" bind 0000:03:00.0
    refuses "there is no PCI device 0000:7f:00.0" bind 0000:7f:00.0
    refuses "there is no NVMe drive nvme9" bind nvme9
    refuses "there is no NVMe drive ../../etc" bind ../../etc
}

@test "a namespace with two controllers: asks which" {
    dir=/sys/devices/pci0000:00
    mv "$tree$dir/$a/nvme/nvme0/nvme0n1" "$tree$dir/$a/nvme/nvme0/nvme0c0n1"
    mkdir -p "$tree$dir/$b/nvme/nvme1/nvme0c1n1"
    refuses "nvme0n1 has several controllers, $a $b" bind nvme0n1
}

@test "dry run shows modules and drivers, and changes nothing" {
    before=$(snapshot)
    do_setup bind $a --dry-run
    [[ $(snapshot) == "$before" ]]
    [[ $output == *"+ modprobe -- vfio-pci"*"+ echo $a > $tree/sys/bus/pci/devices/$a/driver/unbind"* ]]
    [[ $output == *"+ echo vfio-pci > $tree/sys/bus/pci/devices/$a/driver_override"* ]]
    [[ $output == *"+ echo $a > $tree/sys/bus/pci/drivers_probe"* ]]
}

@test "dry run refuses what the real one would" {
    mount_block 259:70 /data /dev/nvme0n1
    refuses "mounted at /data" bind $a --dry-run
}

@test "unbind gives a drive back" {
    before=$(snapshot)
    do_setup bind $a
    do_setup unbind nvme0 || do_setup unbind $a
    [[ $(driver $a) == nvme && -d $tree/sys/bus/pci/devices/$a/nvme/nvme0 ]]
}

@test "unbind of the kernel's own changes nothing" {
    before=$(snapshot)
    do_setup unbind $a
    [[ $(snapshot) == "$before" && $output == *"is the kernel's already"* ]]
}

@test "unbind of a drive that another tool bound" {
    bound_by_another
    do_setup unbind $a
    [[ $(driver $a) == nvme ]]
}

@test "unbind of a drive that a program drives: names the program" {
    do_setup bind $a
    make_process 4711 java /dev/vfio/7
    refuses "held open by java (process 4711)" unbind $a
}

@test "unbind of a drive in a program's hands through uio" {
    do_setup bind $a --driver uio_pci_generic
    mkdir -p "$tree/sys/bus/pci/devices/$a/uio/uio3"
    make_process 4711 perf /dev/uio3
    refuses "held open by perf (process 4711)" unbind $a
}

@test "unbind of a drive in a program's hands through iommufd" {
    do_setup bind $a
    mkdir -p "$tree/sys/bus/pci/devices/$a/vfio-dev/vfio2"
    make_process 4711 qemu /dev/vfio/devices/vfio2
    refuses "held open by qemu (process 4711)" unbind $a
}

@test "another driver for a drive in a program's hands" {
    do_setup bind $a
    make_process 4711 java /dev/vfio/7
    refuses "held open by java (process 4711)" bind $a --driver uio_pci_generic
}

@test "bad drivers, and no drive" {
    misuses "which drive?" bind
    misuses "which drive?" unbind
    setup_tool bind $a --driver nvidia
    [[ $status == 2 && $stderr == *"--driver nvidia is neither"* ]]
}
