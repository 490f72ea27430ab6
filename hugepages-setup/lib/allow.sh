# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# allow: nvme4j without root needs its hugepages, the drives' VFIO groups, and locked memory.

# Sets owner, mode_file, mode_directory and in_rule for a user, or the members of a group.
find_account() { # USER-OR-@GROUP
    local name=${1#@}
    [[ $name =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$ ]] || misuse "$1 is no name of a user or group"
    if [[ $1 == @* ]]; then
        has_account group "$name" || fail "there is no group $name"
        owner=root:$name mode_file=0660 mode_directory=0770
        in_rule="GROUP=\"$name\", MODE=\"0660\""
    else
        has_account passwd "$name" || fail "there is no user $name (for a group: allow @$name)"
        owner=$name:root mode_file=0600 mode_directory=0700
        in_rule="OWNER=\"$name\", MODE=\"0600\""
    fi
}

# Of this machine: also from LDAP and the like, where getent is.
has_account() { # passwd|group NAME
    local line
    if [[ -z $root ]] && command -v getent >/dev/null; then
        getent "$1" -- "$2" >/dev/null
        return
    fi
    while IFS= read -r line; do
        [[ $line != "$2:"* ]] || return 0
    done <"$root/etc/$1"
    return 1
}

# The device files of VFIO groups; those of drives that are bound later come from the rule.
allow_drives() {
    local address file
    plan_refresh udevadm control --reload
    change_file /etc/udev/rules.d/90-nvme4j.rules \
        "SUBSYSTEM==\"vfio\", KERNEL!=\"vfio\", $in_rule"
    refresh udevadm control --reload
    for address in $(drives); do
        file=/dev/vfio/$(iommu_group_of "$address")
        if [[ $(driver_of "$address") == vfio-pci && -e $root$file ]]; then
            change_owner "$file" "$owner" "$mode_file"
        fi
    done
}

# VFIO counts all memory that a drive may reach as locked.
allow_locked_memory() { # USER-OR-@GROUP
    change_file /etc/security/limits.d/90-nvme4j.conf "$1 - memlock unlimited"
}

# systemd-tmpfiles does after each boot what is done now.
allow_hugepages() {
    local directory old rules=
    while read -r _ directory; do
        directory=${directory#"$root"}
        old=$(owner_of "$directory")
        among "${old% *}" root:root "$owner" || note "$directory is taken from $old; several users can have" \
            "it as a group: allow @GROUP"
        change_owner "$directory" "$owner" "$mode_directory"
        rules+="${rules:+$'\n'}z ${directory// /\\x20} $mode_directory ${owner/:/ }"
    done < <(hugetlbfs_mounts)
    if [[ -z $rules ]]; then
        fail "no hugetlbfs is mounted: run 'hugepages-setup mount' first"
    fi
    change_directory /etc/tmpfiles.d
    change_file /etc/tmpfiles.d/nvme4j.conf "$rules"
}

command_allow() {
    find_account "${operands[0]}"
    allow_hugepages
    allow_drives
    allow_locked_memory "${operands[0]}"
    if ((changes > 0)); then
        note "the limit of locked memory holds from the next login on (for a systemd service:" \
            "LimitMEMLOCK=infinity)"
    fi
}
