# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# A made-up machine: /sys, /proc, /dev, /etc below $tree. The programs in fake/ stand in for the
# kernel, where a write or a mount has effects. $tree/.kernel says how it behaves:
#   limit-2048kB-node0   pages of this size that the node can give
#   compaction           how many more, once memory was compacted
#   refuses-DRIVER       this driver takes no drive
#   missing-MODULE       there is no such module
#   busy-DIR             (with - for /) can't be unmounted
#   fails-COMMAND        this program fails
#   slow-FILE            the next write to a file of this name takes a second, and leaves "reached"

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

make_directory_of() { # FILE
    [[ -d $tree${1%/*} ]] || mkdir -p "$tree${1%/*}"
}

put() { # FILE LINE...
    make_directory_of "$1"
    printf '%s\n' "${@:2}" >"$tree$1"
}

link() { # FILE TARGET
    make_directory_of "$1"
    ln -sfn "$2" "$tree$1"
}

contents() { # FILE
    cat "$tree$1"
}

make_pools() { # PREFIX
    local size
    for size in 2048 1048576; do
        put "$1/hugepages-${size}kB/nr_hugepages" 0
        put "$1/hugepages-${size}kB/free_hugepages" 0
    done
}

make_node() { # NUMBER
    make_pools "/sys/devices/system/node/node$1/hugepages"
    put "/sys/devices/system/node/node$1/meminfo" "Node $1 MemTotal: 8388608 kB" \
        "Node $1 MemFree: 4194304 kB" "Node $1 FilePages: 2097152 kB"
    put "/.kernel/limit-2048kB-node$1" 2000
    put "/.kernel/limit-1048576kB-node$1" 4
}

make_drive() { # ADDRESS CONTROLLER GROUP
    local device=/sys/devices/pci0000:00/$1
    put "$device/class" 0x010802
    put "$device/vendor" 0x144d
    put "$device/device" 0xa808
    put "$device/numa_node" 0
    put "$device/driver_override" "(null)"
    link "/sys/bus/pci/devices/$1" "../../../devices/pci0000:00/$1"
    link "$device/driver" ../../../bus/pci/drivers/nvme
    link "/sys/bus/pci/drivers/nvme/$1" "../../../../devices/pci0000:00/$1"
    link "$device/iommu_group" "../../../kernel/iommu_groups/$3"
    link "/sys/kernel/iommu_groups/$3/devices/$1" "../../../../devices/pci0000:00/$1"
    put "$device/nvme/$2/state" live
    make_block "$device/nvme/$2/${2}n1" "${2}n1" "259:${3}0"
    : >"$tree/dev/$2"
}

make_block() { # DIRECTORY NAME NUMBER
    put "$1/dev" "$3"
    mkdir -p "$tree$1/holders" "$tree/dev"
    link "/sys/class/block/$2" "$tree$1"
    : >"$tree/dev/$2"
}

make_partition() { # CONTROLLER NUMBER
    local disk=/sys/class/block/${1}n1
    make_block "$(readlink "$tree$disk" | cut -c $((${#tree} + 1))-)/${1}n1p$2" "${1}n1p$2" "259:9$2"
}

# A device that stands on another: make_holder NAME ON [DM-NAME DM-UUID]
make_holder() {
    make_block "/sys/devices/virtual/block/$1" "$1" "253:${1//[^0-9]/}"
    link "/sys/class/block/$2/holders/$1" "/sys/class/block/$1"
    if (($# > 2)); then
        put "/sys/class/block/$1/dm/name" "$3"
        put "/sys/class/block/$1/dm/uuid" "$4"
    fi
}

# A device that is no drive, in a group.
make_other() { # ADDRESS DRIVER GROUP
    local device=/sys/devices/pci0000:00/$1
    put "$device/class" 0x020000
    link "/sys/bus/pci/devices/$1" "../../../devices/pci0000:00/$1"
    mkdir -p "$tree/sys/bus/pci/drivers/$2"
    link "$device/driver" "../../../bus/pci/drivers/$2"
    link "/sys/kernel/iommu_groups/$3/devices/$1" "../../../../devices/pci0000:00/$1"
}

make_process() { # PID NAME [OPEN-FILE]
    put "/proc/$1/comm" "$2"
    put "/proc/$1/mountinfo" "1 0 0:1 / / rw - overlay overlay rw"
    link "/proc/$1/ns/mnt" "mnt:[1]"
    if (($# > 2)); then
        link "/proc/$1/fd/3" "$3"
    fi
}

mount_block() { # NUMBER DIRECTORY SOURCE [PROCESS]
    printf '40 1 %s / %s rw shared:1 - ext4 %s rw\n' "$1" "$2" "$3" >>"$tree/proc/${4-self}/mountinfo"
}

make_machine() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree"/{dev,run,var/lib,tmp} \
        "$tree"/etc/{sysctl.d,systemd/system,udev/rules.d,security/limits.d,default/grub.d,tmpfiles.d}
    put /proc/meminfo "MemTotal: 16777216 kB" "MemAvailable: 8388608 kB" "Hugepagesize: 2048 kB"
    put /proc/mounts "overlay / overlay rw 0 0"
    put /proc/swaps "Filename Type Size Used Priority"
    put /proc/sys/vm/compact_memory 0
    put /run/udev/control ""
    put /proc/self/mountinfo "1 0 0:1 / / rw - overlay overlay rw"
    link /proc/self/ns/mnt "mnt:[1]"
    put /etc/passwd "root:x:0:0::/root:/bin/sh" "fred:x:1000:1000::/home/fred:/bin/sh"
    put /etc/group "root:x:0:" "storage:x:900:fred"
    mkdir -p "$tree/sys/bus/pci/drivers/nvme" "$tree"/sys/{module,block,class/block}
    : >"$tree/sys/bus/pci/drivers_probe"
    make_pools /sys/kernel/mm/hugepages
    make_node 0
    make_drive 0000:01:00.0 nvme0 7
    make_drive 0000:02:00.0 nvme1 8
    make_tools
    export tree
    PATH=$here/fake:$PATH
}

# All that the command may use, besides what is in fake/: parts of coreutils and util-linux.
make_tools() {
    local tool
    tools=$BATS_TEST_TMPDIR/tools
    mkdir "$tools"
    for tool in bash base64 cat chmod chown dirname flock ln mkdir mv readlink rm rmdir sleep stat tr; do
        ln -s "$(command -v "$tool")" "$tools"
    done
}

# All that there is, but for the record of changes: to be compared.
snapshot() {
    (cd "$tree" && find . \( -path ./.kernel -o -path ./run/nvme4j -o -path ./var/lib/nvme4j \) -prune \
        -o -printf '%p %y %m %l\n' \( -type f -printf '  ' -exec sha1sum {} \; -o -true \)) | sort
}

tool() {
    PATH=$here/fake:$tools "$here/../hugepages-setup" --root "$tree" "$@"
}

setup_tool() {
    run --separate-stderr tool "$@"
    # shellcheck disable=SC2154 # set by run
    printf '%s\n%s\n' "$output" "$stderr"
}

# Of a command that must succeed.
do_setup() {
    setup_tool "$@"
    # shellcheck disable=SC2154 # set by run
    [[ $status == 0 ]]
}

# Of one that must fail, for a reason that holds these words, and leave all as it was.
refuses() { # WORDS ARGUMENT...
    local before
    before=$(snapshot)
    setup_tool "${@:2}"
    [[ $status == 1 && $stderr == *"$1"* && $(snapshot) == "$before" ]]
}

# Of one that is not understood.
misuses() { # WORDS ARGUMENT...
    local before
    before=$(snapshot)
    setup_tool "${@:2}"
    [[ $status == 2 && $stderr == *"$1"* && $(snapshot) == "$before" ]]
}
