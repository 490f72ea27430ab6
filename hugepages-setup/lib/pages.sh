# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# reserve: hugepages at run time.

# All of a size, over all nodes; or those of one node.
pool_of() { # KIB [NODE]
    if [[ -n ${2-} ]]; then
        echo "/sys/devices/system/node/node$2/hugepages/hugepages-$1kB"
    else
        echo "/sys/kernel/mm/hugepages/hugepages-$1kB"
    fi
}

nodes() {
    local node
    for node in "$root"/sys/devices/system/node/node[0-9]*; do
        echo "${node##*/node}"
    done
}

# Such as "node 0 only", "nodes 0 1".
nodes_in_words() {
    local numbers
    mapfile -t numbers < <(nodes)
    if ((${#numbers[@]} == 1)); then
        echo "node ${numbers[0]} only"
    else
        echo "nodes ${numbers[*]}"
    fi
}

check_reserve_options() {
    [[ -n $count ]] || misuse "reserve wants --count"
    [[ $count =~ ^[1-9][0-9]{0,8}$ ]] || misuse "--count $count is no number of pages, from 1 on"
    [[ -z $node || $node =~ ^[0-9]{1,4}$ ]] || misuse "--node $node is no number of a NUMA node"
    kib=$(size_kib "$size") || misuse "--size $size is no size, such as 2M or 1G"
    among "$persist" "" auto sysctl systemd cmdline ||
        misuse "--persist=$persist is none of sysctl, systemd, cmdline"
}

check_pool() {
    local size_kib sizes=
    for size_kib in $(pool_sizes); do
        sizes+=" $(size_name "$size_kib")"
    done
    [[ -n $sizes ]] || fail "this kernel has no hugepages (CONFIG_HUGETLBFS)"
    [[ -d $root$(pool_of "$kib") ]] ||
        fail "this machine has no hugepages of $size: it has those of$sizes"
    pool=$(pool_of "$kib" "$node")
    [[ -d $root$pool ]] || fail "there is no NUMA node $node: this machine has $(nodes_in_words)"
}

# KiB that could be had, of the machine or the node; nothing where the kernel does not tell.
available_kib() {
    local key value total=0 file=$root/proc/meminfo
    if [[ -n $node ]]; then
        file=$root/sys/devices/system/node/node$node/meminfo
    fi
    [[ -r $file ]] || return 0
    while read -r key value _; do
        case $key in
        MemAvailable: | MemFree: | FilePages:)
            [[ $key == MemAvailable: || -n $node ]] && total=$((total + value))
            ;;
        esac
    done < <(while read -r line; do echo "${line#Node "$node" }"; done <"$file")
    echo "$total"
}

# Taking the last of the memory would have the kernel kill programs.
check_memory() { # PAGES
    local wanted=$(($1 * kib)) spare
    spare=$(available_kib)
    [[ -n $spare ]] || return 0
    spare=$((spare * 9 / 10))
    ((wanted <= spare)) ||
        fail "$1 pages more of $size are $((wanted >> 10)) MiB, and${node:+ NUMA node $node of}" \
            "this machine can spare $((spare >> 10)) MiB now (nine tenths of what is available)"
}

# What reset restores is what each node had.
counters() {
    local each
    if [[ -n $node || -z $(nodes) ]]; then
        echo "$pool/nr_hugepages"
        return
    fi
    for each in $(nodes); do
        each=$(pool_of "$kib" "$each")/nr_hugepages
        [[ ! -e $root$each ]] || echo "$each"
    done
}

raise_pages() {
    local file=$pool/nr_hugepages
    write_setting "$file" "$count" || fail "the kernel reserves no pages of $size: $refused"
    ((!dry_run)) || return 0
    if (($(read_line "$root$file") < count)) && [[ -e $root/proc/sys/vm/compact_memory ]]; then
        say "$(read_line "$root$file") of $count so far: having the kernel compact its memory"
        write_setting /proc/sys/vm/compact_memory 1 || true
        write_setting "$file" "$count" || true
    fi
    check_got "$(read_line "$root$file")"
}

check_got() { # PAGES
    (($1 < count)) || return 0
    if ((accept_fewer && $1 > 0)); then
        note "got $1 of $count pages of $size: memory is fragmented"
        return
    fi
    fail "got $1 of $count pages of $size${node:+ on NUMA node $node}: memory is fragmented. Pages" \
        "are had most surely right after boot: --persist and reboot. Or take what there is:" \
        "--accept-fewer"
}

report_pages() {
    local pages
    ((!dry_run)) || return 0
    pages=$(read_line "$root$pool/nr_hugepages")
    say "$pages pages of $size${node:+ on NUMA node $node}, $((pages * kib >> 10)) MiB;" \
        "$(read_line "$root$pool/free_hugepages") are free"
}

command_reserve() {
    check_reserve_options
    check_pool
    local have counter
    for counter in $(counters); do
        [[ -z $persist ]] || journal_keep_setting "$counter"
    done
    have=$(read_line "$root$pool/nr_hugepages")
    if ((have < count)); then
        check_memory $((count - have))
        for counter in $(counters); do
            record setting "$counter" "$(read_line "$root$counter")"
        done
        raise_pages
    fi
    [[ -z $persist ]] || persist_pages
    report_pages
}
