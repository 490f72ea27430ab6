# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# bind and unbind: which driver a drive has. The same drivers, and the same state left behind, as
# SPDK's scripts/setup.sh, so that either tool can undo what the other did.

user_drivers=(vfio-pci uio_pci_generic igb_uio)

# Gives a drive to a driver, or takes it from every driver ("-").
change_driver() { # ADDRESS DRIVER
    local old
    old=$(driver_of "$1")
    [[ ${old:--} != "$2" ]] || return 0
    record driver "$1" "${old:--}"
    switch_driver "$1" "$2"
}

switch_driver() { # ADDRESS DRIVER
    local device=$pci/$1
    if [[ -n $(driver_of "$1") ]]; then
        write_setting "$device/driver/unbind" "$1" ||
            fail "driver $(driver_of "$1") does not give up $1: $refused"
    fi
    [[ $2 != - ]] || return 0
    # The override makes the kernel ask this driver alone, whatever ids it knows.
    write_setting "$device/driver_override" "$2" || fail "$1 takes no other driver: $refused"
    write_setting /sys/bus/pci/drivers_probe "$1" || true
    write_setting "$device/driver_override" "" || true
    ((dry_run)) || [[ $(driver_of "$1") == "$2" ]] ||
        fail "driver $2 does not take $1 (the kernel's log may say more: dmesg)"
}

undo_driver() { # ADDRESS DRIVER
    local users
    [[ -d $root$pci/$1 ]] || return 0
    [[ $(driver_of "$1") != "${2#-}" ]] || return 0
    # The kernel would wait for these without end.
    users=$(look_at_users && user_space_users "$1")
    [[ -z $users ]] || fail "$1 can't be given back yet: $users"
    switch_driver "$1" "$2"
    ((dry_run)) || wait_for_kernel "$1"
}

# Until the kernel's driver has reset the drive, so that its block devices can be used.
wait_for_kernel() { # ADDRESS
    local state tries
    state=$(echo "$root$pci/$1"/nvme/nvme*/state)
    for ((tries = 0; tries < 100; tries++)); do
        among "$(read_line "$state")" new resetting connecting || break
        sleep 0.1
    done
    [[ -n $root ]] || ! command -v udevadm >/dev/null || udevadm settle --timeout=10 || true
}

choose_driver() {
    [[ -z $driver ]] || among "$driver" vfio-pci uio_pci_generic ||
        misuse "--driver $driver is neither vfio-pci nor uio_pci_generic"
    if [[ $driver == vfio-pci ]] && ! has_iommu && ! allows_no_iommu; then
        fail "vfio-pci needs an IOMMU, and the kernel has none: switch on VT-d or AMD-Vi in the" \
            "firmware, add intel_iommu=on to the kernel's command line for Intel, and reboot"
    fi
    if [[ -z $driver ]]; then
        driver=uio_pci_generic
        if has_iommu || allows_no_iommu; then
            driver=vfio-pci
        fi
    fi
    if [[ $driver == uio_pci_generic ]]; then
        note "with uio_pci_generic a drive can reach all memory, and nvme4j has to run as root"
    fi
}

load_driver() {
    change_module "${driver}" "/sys/bus/pci/drivers/$driver"
    if [[ $driver == vfio-pci ]]; then
        change_module vfio_iommu_type1 /sys/module/vfio_iommu_type1
    fi
}

check_unused() { # ADDRESS
    local users others
    users=$(drive_users "$1")
    [[ -z $users ]] || fail "$1 is in use and stays with the kernel:"$'\n'"  ${users//$'\n'/$'\n'  }"
    # All of a group goes to user space, or nothing of it.
    others=$(group_members_in_kernel "$1")
    [[ $driver != vfio-pci || -z $others ]] ||
        fail "$1 shares IOMMU group $(iommu_group_of "$1") with devices that the kernel uses:" \
            "${others//$'\n'/, }. A group goes to user space as a whole: bind those, too, or put" \
            "the drive into another slot"
}

# Other devices of a drive's IOMMU group that would stay with the kernel. Bridges may.
group_members_in_kernel() { # ADDRESS
    local device address bound
    for device in "$root$pci/$1"/iommu_group/devices/*; do
        address=${device##*/}
        bound=$(driver_of "$address")
        among "$address" "${addresses[@]}" || among "$bound" "" vfio-pci pci-stub pcieport ||
            echo "$address (driver $bound)"
    done
}

command_bind() {
    local address
    find_drives "${operands[@]}"
    choose_driver
    look_at_users
    if [[ -z $root ]] && ((EUID != 0)); then
        note "who holds a drive open is known to root alone"
    fi
    for address in "${addresses[@]}"; do
        if [[ $(driver_of "$address") == "$driver" ]]; then
            say "$address has driver $driver already"
        elif among "$(driver_of "$address")" "${user_drivers[@]}"; then
            check_free_of_programs "$address"
        else
            check_unused "$address"
        fi
    done
    load_driver
    for address in "${addresses[@]}"; do
        change_driver "$address" "$driver"
    done
}

check_free_of_programs() { # ADDRESS
    local users
    users=$(user_space_users "$1")
    [[ -z $users ]] || fail "$1: $users; end that first"
}

command_unbind() {
    local address
    find_drives "${operands[@]}"
    look_at_users
    for address in "${addresses[@]}"; do
        if [[ $(driver_of "$address") == nvme ]]; then
            say "$address is the kernel's already"
        else
            check_free_of_programs "$address"
        fi
    done
    change_module nvme /sys/bus/pci/drivers/nvme
    for address in "${addresses[@]}"; do
        change_driver "$address" nvme
        ((dry_run)) || wait_for_kernel "$address"
    done
}
