# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# status: what there is. Changes nothing, and works for everybody.

status_pages() {
    local page_kib each pool row
    row='  %-6s %-8s %10s %10s\n'
    say "Hugepages"
    # shellcheck disable=SC2059 # the rows of one table
    printf "$row" size node total free
    for page_kib in $(pool_sizes); do
        for each in $(nodes) ""; do
            [[ -n $each || -z $(nodes) ]] || continue
            pool=$root$(pool_of "$page_kib" "$each")
            [[ -d $pool ]] || continue
            # shellcheck disable=SC2059
            printf "$row" "$(size_name "$page_kib")" "${each:--}" \
                "$(read_line "$pool/nr_hugepages")" "$(read_line "$pool/free_hugepages")"
        done
    done
}

status_mounts() {
    local directory page_kib any=0
    say "Mounted"
    while read -r page_kib directory; do
        any=1
        say "  $directory for pages of $(size_name "$page_kib")," \
            "owner and mode $(owner_of "${directory#"$root"}" 2>/dev/null || echo '?')"
    done < <(hugetlbfs_mounts)
    ((any)) || say "  no hugetlbfs (mount makes one)"
}

status_iommu() {
    local groups=("$root"/sys/kernel/iommu_groups/*)
    say "IOMMU"
    if has_iommu; then
        say "  on, ${#groups[@]} groups"
    elif allows_no_iommu; then
        say "  none; vfio-pci is allowed without (drives can reach all memory)"
    else
        say "  none, or off"
    fi
}

status_drives() {
    local address row users any=0
    row='  %-13s %-9s %-16s %-6s %-6s %s\n'
    look_at_users
    say "NVMe drives"
    # shellcheck disable=SC2059
    printf "$row" address kernel driver group node "used by"
    for address in $(drives); do
        any=1
        users=$(drive_users "$address"; user_space_users "$address")
        # shellcheck disable=SC2059
        printf "$row" "$address" "$(or_dash "$(controller_of "$address")")" \
            "$(or_dash "$(driver_of "$address")")" "$(or_dash "$(iommu_group_of "$address")")" \
            "$(node_of "$address")" "${users:+${users//$'\n'/; }}"
    done
    ((any)) || say "  none on the PCI bus"
}

or_dash() {
    echo "${1:--}"
}

# The kernel says -1 where it does not know.
node_of() { # ADDRESS
    local node_number
    node_number=$(read_line "$root$pci/$1/numa_node")
    or_dash "${node_number#-1}"
}

status_changes() {
    local file line any=0
    say "Changed by this tool, and undone by reset"
    for file in "$root"/{var/lib,run}/nvme4j/hugepages-setup.journal; do
        [[ -r $file ]] || continue
        while IFS= read -r line; do
            any=1
            say "  ${line//$'\t'/ }"
        done <"$file"
    done
    ((any)) || say "  nothing"
}

status() {
    status_pages
    status_mounts
    status_iommu
    status_drives
    status_changes
}
