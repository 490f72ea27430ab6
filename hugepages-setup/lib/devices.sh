# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# NVMe drives on the PCI bus, as the kernel shows them.

pci=/sys/bus/pci/devices

# Class 01h mass storage, subclass 08h non-volatile memory.
is_nvme() { # ADDRESS
    [[ $(read_line "$root$pci/$1/class") == 0x0108* ]]
}

drives() {
    local device
    for device in "$root$pci"/*; do
        ! is_nvme "${device##*/}" || echo "${device##*/}"
    done
}

link_name() { # LINK
    local target
    target=$(readlink -- "$1") || return 0
    echo "${target##*/}"
}

driver_of() { # ADDRESS
    link_name "$root$pci/$1/driver"
}

iommu_group_of() { # ADDRESS
    link_name "$root$pci/$1/iommu_group"
}

# The kernel's name of the controller, such as nvme0.
controller_of() { # ADDRESS
    local controller
    for controller in "$root$pci/$1"/nvme/nvme*; do
        echo "${controller##*/}"
    done
}

# Names of its block devices. nvme1c2n3 is one path of several to nvme1n3, which is what is used.
namespaces_of() { # ADDRESS
    local entry
    for entry in "$root$pci/$1"/nvme/nvme*/nvme*n*; do
        entry=${entry##*/}
        if [[ $entry =~ ^(nvme[0-9]+)(c[0-9]+)?(n[0-9]+)$ ]]; then
            echo "${BASH_REMATCH[1]}${BASH_REMATCH[3]}"
        fi
    done
}

partitions_of() { # BLOCK-DEVICE
    local partition
    for partition in "$root/sys/class/block/$1/$1"p*; do
        echo "${partition##*/}"
    done
}

# Address of the drive that a person named.
find_drive() { # NAME
    local address name=${1#/dev/}
    name=${name,,}
    [[ ! $name =~ ^[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$ ]] || name=0000:$name
    if [[ $name =~ ^[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$ ]]; then
        [[ -d $root$pci/$name ]] || fail "there is no PCI device $name (status lists the drives)"
        is_nvme "$name" || fail "$name is no NVMe drive:" \
            "its PCI class is $(read_line "$root$pci/$name/class"), and theirs is 0x010802"
        echo "$name"
        return
    fi
    local found=()
    for address in $(drives); do
        # shellcheck disable=SC2046 # names without spaces
        ! among "$name" $(controller_of "$address") $(namespaces_of "$address") || found+=("$address")
    done
    ((${#found[@]} > 0)) || fail "there is no NVMe drive $1 (status lists them)"
    ((${#found[@]} == 1)) || fail "$1 has several controllers, ${found[*]}: say which"
    echo "${found[0]}"
}

# The devices that people named, each once: find_drives NAME...
find_drives() {
    local name address
    addresses=()
    for name in "$@"; do
        address=$(find_drive "$name") || exit
        among "$address" "${addresses[@]}" || addresses+=("$address")
    done
}

has_iommu() {
    local groups=("$root"/sys/kernel/iommu_groups/*)
    ((${#groups[@]} > 0))
}

# vfio-pci without an IOMMU: the drive can then reach all memory.
allows_no_iommu() {
    [[ $(read_line "$root/sys/module/vfio/parameters/enable_unsafe_noiommu_mode") == [Yy1] ]]
}
