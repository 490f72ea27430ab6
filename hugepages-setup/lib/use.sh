# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# Who uses a drive: why it must not be taken from the kernel, or from a program.

# One line for each mount in each mount namespace: device number, directory, source.
all_mounts() {
    local process lines line
    while IFS= read -r process; do
        # It may have ended by now.
        { mapfile -t lines <"$process/mountinfo"; } 2>/dev/null || continue
        for line in "${lines[@]}"; do
            mount_fields "$line"
        done
    done < <(one_process_of_each_namespace)
}

# Mount namespaces of kernel threads and of others' processes can't be read without root.
one_process_of_each_namespace() {
    local file link seen=" "
    while IFS= read -r link; do
        file=${link%% -> *} link=${link##* -> }
        if [[ $seen != *" $link "* ]]; then
            seen+="$link "
            echo "${file%/ns/mnt}"
        fi
    done < <(link_targets "$root"/proc/self/ns/mnt "$root"/proc/[0-9]*/ns/mnt)
}

# "FILE -> TARGET" for each symbolic link that is still there and may be read.
link_targets() { # LINK...
    QUOTING_STYLE=literal stat -c %N -- "$@" 2>/dev/null || true
}

# Fields of mountinfo: id, parent, device number, root, directory, options..., "-", type, source.
mount_fields() { # LINE
    local fields
    read -ra fields <<<"${1%% - *}"
    local after=${1##* - }
    read -ra after <<<"$after"
    printf '%s %s %s\n' "${fields[2]}" "${fields[4]}" "${after[1]-}"
}

# What processes have open of device files: process and file.
all_open_devices() {
    local files i line
    files=("$root"/proc/[0-9]*/fd/*)
    for ((i = 0; i < ${#files[@]}; i += 1000)); do
        link_targets "${files[@]:i:1000}"
    done | while IFS= read -r line; do
        [[ $line =~ /proc/([0-9]+)/fd/[0-9]+\ -\>\ (/dev/(nvme|ng|vfio|uio).*)$ ]] || continue
        printf '%s %s\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    done
}

# Read once for all drives.
look_at_users() {
    mounts=$(all_mounts)
    open_devices=$(all_open_devices)
}

holders_of() { # BLOCK-DEVICE
    local holder
    for holder in "$root/sys/class/block/$1"/holders/*; do
        echo "${holder##*/}"
    done
}

# What a device that stands on others is: of a RAID, of LVM...
kind_of_holder() { # BLOCK-DEVICE
    local directory=$root/sys/class/block/$1 name uuid
    name=$(read_line "$directory/dm/name")
    uuid=$(read_line "$directory/dm/uuid")
    case $1:$uuid in
    md*) echo "the RAID $1" ;;
    dm-*:LVM-*) echo "the LVM volume $name" ;;
    dm-*:CRYPT-*) echo "the encrypted volume $name" ;;
    dm-*) echo "the device-mapper device ${name:-$1}" ;;
    bcache*) echo "the cache $1" ;;
    *) echo "the device $1" ;;
    esac
}

# Why a block device is in use, a line for each reason; THROUGH says by way of which other device.
block_users() { # BLOCK-DEVICE [THROUGH]
    local holder
    mount_users "$@"
    swap_users "$@"
    file_users "$1"
    kernel_users "$1"
    for holder in $(holders_of "$1"); do
        echo "it is in $(kind_of_holder "$holder")"
        block_users "$holder" " by way of $(kind_of_holder "$holder")"
    done
}

# Also through btrfs, whose mounts name one of their devices alone.
mount_users() { # BLOCK-DEVICE [THROUGH]
    local number directory source device
    number=$(read_line "$root/sys/class/block/$1/dev")
    while read -r device directory source; do
        [[ -n $device ]] || continue
        if [[ $device == "$number" || $source == "/dev/$1" ]]; then
            if [[ $directory == / ]]; then
                echo "it holds the root file system${2-}"
            else
                echo "it is mounted at $(printf '%b' "$directory")${2-}"
            fi
        fi
    done <<<"$mounts"
    for device in "$root"/sys/fs/btrfs/*/devices/"$1"; do
        echo "it is in a mounted btrfs${2-}"
    done
}

swap_users() { # BLOCK-DEVICE [THROUGH]
    local device
    [[ -r $root/proc/swaps ]] || return 0
    while read -r device _; do
        [[ $device != "/dev/$1" ]] || echo "it is used as swap${2-}"
    done <"$root/proc/swaps"
}

# A process, by name and number.
process_name() { # PID
    echo "$(read_line "$root/proc/$1/comm") (process $1)"
}

file_users() { # DEVICE-FILE-BELOW-DEV
    local process file
    while read -r process file; do
        [[ $file != "/dev/$1" ]] || echo "it is held open by $(process_name "$process")"
    done <<<"$open_devices"
}

# Parts of the kernel that hold a device without being its holders.
kernel_users() { # BLOCK-DEVICE
    local file loop
    for file in "$root"/sys/block/loop*/loop/backing_file; do
        loop=${file#"$root/sys/block/"}
        [[ $(read_line "$file") != "/dev/$1" ]] || echo "it is behind ${loop%%/*}"
    done
    for file in "$root"/sys/kernel/config/nvmet/subsystems/*/namespaces/*/device_path; do
        [[ $(read_line "$file") != "/dev/$1" ]] || echo "the kernel's NVMe target exports it"
    done
}

# What is written at a device's start, of kinds that say: part of something bigger.
signature_of() { # BLOCK-DEVICE
    [[ -e $root/dev/$1 ]] && command -v blkid >/dev/null || return 0
    blkid -p -s TYPE -o value -- "$root/dev/$1" 2>/dev/null || true
}

# A member of a set that is not running now is nobody's, by what the kernel knows.
member_of() { # BLOCK-DEVICE
    case $(signature_of "$1") in
    *_raid_member) echo "it is a member of a RAID that is not running" ;;
    LVM*_member) echo "it is a physical volume of LVM that is not active" ;;
    zfs_member) echo "it is in a ZFS pool" ;;
    bcache | DRBD*|drbd) echo "it belongs to $(signature_of "$1")" ;;
    crypto_LUKS) echo "it is an encrypted volume of device-mapper (LUKS) that is not open" ;;
    esac
}

# Why the kernel's use of a drive must not end: lines of "NAME: REASON".
drive_users() { # ADDRESS
    local namespace device users
    for device in $(controller_of "$1"); do
        users=$(file_users "$device")
        [[ -z $users ]] || echo "$device: $users"
    done
    for namespace in $(namespaces_of "$1"); do
        for device in "$namespace" $(partitions_of "$namespace"); do
            users=$(block_users "$device")
            [[ -n $users || $(holders_of "$device") ]] || users=$(member_of "$device")
            [[ -z $users ]] || printf "$device: %s\n" "${users//$'\n'/$'\n'$device: }"
        done
        users=$(file_users "ng${namespace#nvme}")
        [[ -z $users ]] || echo "ng${namespace#nvme}: $users"
    done
}

# Programs that drive it from user space.
user_space_users() { # ADDRESS
    local group file
    group=$(iommu_group_of "$1")
    for file in ${group:+"vfio/$group" "vfio/noiommu-$group"} $(uio_of "$1") $(vfio_device_of "$1"); do
        file_users "$file"
    done
}

uio_of() { # ADDRESS
    local uio
    for uio in "$root$pci/$1"/uio/uio*; do
        echo "${uio##*/}"
    done
}

vfio_device_of() { # ADDRESS
    local device
    for device in "$root$pci/$1"/vfio-dev/vfio*; do
        echo "vfio/devices/${device##*/}"
    done
}
