# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# reserve --persist: hugepages after each boot.

has_systemd() {
    [[ -d $root/etc/systemd/system ]]
}

persist_pages() {
    local how=$persist
    if [[ $how == auto ]]; then
        how=$(best_way) || fail "neither sysctl.d nor systemd is here to reserve pages at boot: add" \
            "$(kernel_parameters) to the kernel's command line (reserve without --persist does it now)"
    fi
    "persist_by_$how"
}

# sysctl.d knows the total of the default size only.
best_way() {
    if [[ -z $node && $kib == $(default_size_kib) && -d $root/etc/sysctl.d ]]; then
        echo sysctl
    elif has_systemd; then
        echo systemd
    else
        return 1
    fi
}

persist_by_sysctl() {
    [[ -z $node ]] || fail "sysctl.d can't reserve pages on one node: use --persist=systemd"
    [[ $kib == $(default_size_kib) ]] || fail "sysctl.d can reserve pages of the default size," \
        "$(size_name "$(default_size_kib)"), alone: use --persist=systemd"
    local file=/etc/sysctl.d/90-nvme4j-hugepages.conf
    change_file "$file" "vm.nr_hugepages = $count"
    warn_of_other_settings "$file"
}

# Files are read by the order of their names, and /etc/sysctl.conf last: the last one counts.
warn_of_other_settings() { # FILE
    local other line
    for other in "$root"/etc/sysctl.d/*.conf "$root"/usr/lib/sysctl.d/*.conf \
        "$root"/usr/local/lib/sysctl.d/*.conf "$root/etc/sysctl.conf"; do
        [[ -r $other && $other != "$root$1" ]] || continue
        while read -r line; do
            if [[ $line =~ ^vm[./]nr_hugepages[[:space:]]*= ]]; then
                note "$other sets vm.nr_hugepages, too, and may come later at boot"
            fi
        done <"$other"
    done
}

# Early, before programs have spread over the memory; and never fewer than there are.
persist_by_systemd() {
    has_systemd || fail "systemd does not run here"
    local name file
    name=nvme4j-hugepages-$(size_name "$kib")${node:+-node$node}.service
    file=$pool/nr_hugepages
    change_file "/etc/systemd/system/$name" "[Unit]
Description=Reserve $count hugepages of $(size_name "$kib")${node:+ on NUMA node $node} for nvme4j
DefaultDependencies=no
Before=sysinit.target
ConditionPathExists=$file

[Service]
Type=oneshot
ExecStart=/bin/sh -c '[ \$(cat $file) -ge $count ] || echo $count >$file'

[Install]
WantedBy=sysinit.target"
    change_link "/etc/systemd/system/sysinit.target.wants/$name" "../$name"
}

kernel_parameters() {
    echo "'hugepagesz=$(size_name "$kib") hugepages=${node:+$node:}$count'"
}

persist_by_cmdline() {
    local directory=/etc/default/grub.d
    [[ -d $root$directory ]] || fail "$root$directory is not there: add $(kernel_parameters) to the" \
        "kernel's command line in the configuration of this machine's boot loader"
    plan_refresh update-grub
    change_file "$directory/90-nvme4j-$(size_name "$kib")${node:+-node$node}.cfg" \
        "GRUB_CMDLINE_LINUX=\"\$GRUB_CMDLINE_LINUX $(kernel_parameters | tr -d "'")\""
    refresh update-grub
}
