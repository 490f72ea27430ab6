#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

drive=0000:01:00.0

@test "mounted as a whole" {
    mount_block 259:70 /data /dev/nvme0n1
    refuses "nvme0n1: it is mounted at /data" bind $drive
}

@test "a partition is mounted" {
    make_partition nvme0 1
    mount_block 259:91 /srv /dev/nvme0n1p1
    refuses "nvme0n1p1: it is mounted at /srv" bind $drive
}

@test "mounted by another name of the device" {
    mount_block 259:70 /data /dev/disk/by-label/data
    refuses "nvme0n1: it is mounted at /data" bind $drive
}

@test "mounted in another mount namespace" {
    make_process 812 postgres
    link /proc/812/ns/mnt "mnt:[2]"
    mount_block 259:70 /var/lib/postgresql /dev/nvme0n1 812
    refuses "nvme0n1: it is mounted at /var/lib/postgresql" bind $drive
}

@test "mounted at a place with a space" {
    mount_block 259:70 '/my\040data' /dev/nvme0n1
    refuses "it is mounted at /my data" bind $drive
}

@test "holds the root file system" {
    make_partition nvme0 2
    mount_block 259:92 / /dev/nvme0n1p2
    refuses "nvme0n1p2: it holds the root file system" bind $drive
}

@test "holds the root file system, on LVM on an encrypted volume" {
    make_partition nvme0 3
    make_holder dm-0 nvme0n1p3 crypt CRYPT-LUKS2-0001
    make_holder dm-1 dm-0 vg-root LVM-0002
    mount_block 253:1 / /dev/mapper/vg-root
    refuses "it holds the root file system by way of the LVM volume vg-root" bind $drive
    [[ $stderr == *"nvme0n1p3: it is in the encrypted volume crypt"* ]]
}

@test "used as swap" {
    make_partition nvme0 1
    put /proc/swaps "Filename Type Size Used Priority" "/dev/nvme0n1p1 partition 1 0 -2"
    refuses "nvme0n1p1: it is used as swap" bind $drive
}

@test "in a RAID" {
    make_holder md0 nvme0n1
    refuses "nvme0n1: it is in the RAID md0" bind $drive
}

@test "in a RAID that is not running" {
    echo linux_raid_member >"$tree/dev/nvme0n1"
    refuses "nvme0n1: it is a member of a RAID that is not running" bind $drive
}

@test "in LVM" {
    make_holder dm-3 nvme0n1 vg-data LVM-0003
    refuses "nvme0n1: it is in the LVM volume vg-data" bind $drive
}

@test "in LVM that is not active" {
    make_partition nvme0 1
    echo LVM2_member >"$tree/dev/nvme0n1p1"
    refuses "nvme0n1p1: it is a physical volume of LVM that is not active" bind $drive
}

@test "in another device-mapper set" {
    make_holder dm-4 nvme0n1 fast linear-4
    refuses "nvme0n1: it is in the device-mapper device fast" bind $drive
}

@test "an encrypted volume that is not open" {
    echo crypto_LUKS >"$tree/dev/nvme0n1"
    refuses "encrypted volume" bind $drive
}

@test "in bcache, in a ZFS pool" {
    make_holder bcache0 nvme0n1
    refuses "nvme0n1: it is in the cache bcache0" bind $drive
    echo zfs_member >"$tree/dev/nvme1n1"
    refuses "nvme1n1: it is in a ZFS pool" bind 0000:02:00.0
}

@test "in a btrfs of several devices" {
    link /sys/fs/btrfs/0001/devices/nvme0n1 /sys/class/block/nvme0n1
    refuses "nvme0n1: it is in a mounted btrfs" bind $drive
}

@test "behind a loop device" {
    put /sys/block/loop3/loop/backing_file /dev/nvme0n1
    refuses "nvme0n1: it is behind loop3" bind $drive
}

@test "exported to other machines" {
    put /sys/kernel/config/nvmet/subsystems/x/namespaces/1/device_path /dev/nvme0n1
    refuses "nvme0n1: the kernel's NVMe target exports it" bind $drive
}

@test "held open: the block device" {
    make_process 4711 fio /dev/nvme0n1
    refuses "nvme0n1: it is held open by fio (process 4711)" bind $drive
}

@test "held open: a partition" {
    make_partition nvme0 1
    make_process 4711 oracle /dev/nvme0n1p1
    refuses "nvme0n1p1: it is held open by oracle (process 4711)" bind $drive
}

@test "held open: the controller, and the generic device" {
    make_process 4711 smartd /dev/nvme0
    make_process 4712 xnvme /dev/ng0n1
    refuses "nvme0: it is held open by smartd (process 4711)" bind $drive
    [[ $stderr == *"ng0n1: it is held open by xnvme (process 4712)"* ]]
}

@test "every reason is told" {
    make_partition nvme0 1
    make_partition nvme0 2
    mount_block 259:91 /boot /dev/nvme0n1p1
    mount_block 259:92 / /dev/nvme0n1p2
    make_process 4711 fio /dev/nvme0n1
    refuses "nvme0n1p1: it is mounted at /boot" bind $drive
    [[ $stderr == *"nvme0n1p2: it holds the root file system"* && $stderr == *"by fio"* ]]
}

@test "one path of several to a mounted namespace" {
    directory=/sys/devices/pci0000:00/$drive/nvme/nvme0
    mv "$tree$directory/nvme0n1" "$tree$directory/nvme0c0n1"
    make_block /sys/devices/virtual/nvme-subsystem/nvme0n1 nvme0n1 259:70
    mount_block 259:70 /data /dev/nvme0n1
    refuses "nvme0n1: it is mounted at /data" bind $drive
}

@test "one of two drives is in use: neither is taken" {
    mount_block 259:80 /data /dev/nvme1n1
    refuses "0000:02:00.0 is in use" bind $drive 0000:02:00.0
}

@test "what others use does not matter" {
    mount_block 259:80 /data /dev/nvme1n1
    make_process 4711 fio /dev/nvme1n1
    make_process 4712 sh /dev/nvme0n12
    do_setup bind $drive
}

@test "a process that ends meanwhile does not matter" {
    make_process 4713 sh
    link /proc/4713/ns/mnt "mnt:[4]"
    rm "$tree/proc/4713/mountinfo"
    do_setup status
    [[ $output == *"$drive  nvme0 "* && $stderr == "" ]]
    do_setup bind $drive
}

@test "a file system that is not mounted is no reason" {
    echo ext4 >"$tree/dev/nvme0n1"
    do_setup bind $drive
}
