#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

bats_require_minimum_version 1.5.0
load tree # sets tree, and by run: status, output, stderr

setup() {
    make_machine
}

all=/sys/kernel/mm/hugepages/hugepages-2048kB
node0=/sys/devices/system/node/node0/hugepages/hugepages-2048kB
node1=/sys/devices/system/node/node1/hugepages/hugepages-2048kB

@test "no pages: reserves them" {
    do_setup reserve --count 64
    [[ $(contents $all/nr_hugepages) == 64 ]]
    [[ $output == *"64 pages of 2M, 128 MiB; 64 are free"* ]]
}

@test "some pages: reserves the rest" {
    put $node0/nr_hugepages 40
    put $all/nr_hugepages 40
    do_setup reserve --count 64
    [[ $(contents $all/nr_hugepages) == 64 ]]
}

@test "enough pages: changes nothing, and takes none away" {
    put $all/nr_hugepages 100
    put $all/free_hugepages 10
    before=$(snapshot)
    do_setup reserve --count 64
    [[ $(snapshot) == "$before" ]]
    [[ $output == *"100 pages of 2M, 200 MiB; 10 are free"*"nothing to change"* ]]
}

@test "twice changes nothing the second time" {
    do_setup reserve --count 64
    before=$(snapshot)
    do_setup reserve --count 64
    [[ $(snapshot) == "$before" && $output == *"nothing to change"* ]]
}

@test "two nodes: the kernel spreads the pages" {
    make_node 1
    do_setup reserve --count 64
    [[ $(contents $node0/nr_hugepages) == 32 && $(contents $node1/nr_hugepages) == 32 ]]
}

@test "two nodes: one is asked for" {
    make_node 1
    do_setup reserve --count 64 --node 1
    [[ $(contents $node0/nr_hugepages) == 0 && $(contents $node1/nr_hugepages) == 64 ]]
    [[ $output == *"64 pages of 2M on NUMA node 1"* ]]
}

@test "two nodes: the one asked for has pages, the other's do not count" {
    make_node 1
    do_setup reserve --count 64 --node 0
    do_setup reserve --count 64 --node 1
    [[ $(contents $all/nr_hugepages) == 128 ]]
}

@test "two nodes: what one can't give, the other does" {
    make_node 1
    put /.kernel/limit-2048kB-node0 10
    do_setup reserve --count 64
    [[ $(contents $node0/nr_hugepages) == 10 && $(contents $node1/nr_hugepages) == 54 ]]
}

@test "two nodes: reset gives each what it had" {
    make_node 1
    put $node1/nr_hugepages 7
    put $all/nr_hugepages 7
    before=$(snapshot)
    do_setup reserve --count 64
    do_setup reserve --count 100 --node 0
    do_setup reset
    [[ $(contents $node0/nr_hugepages) == 0 && $(contents $node1/nr_hugepages) == 7 ]]
}

@test "no such node: says which there are" {
    refuses "no NUMA node 3: this machine has node 0 only" reserve --count 64 --node 3
    make_node 1
    refuses "no NUMA node 3: this machine has nodes 0 1" reserve --count 64 --node 3
}

@test "pages of 1 GiB" {
    do_setup reserve --count 2 --size 1G
    [[ $(contents /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages) == 2 ]]
    [[ $(contents $all/nr_hugepages) == 0 ]]
}

@test "a size that the machine has not: says which it has" {
    rm -r "$tree"/sys/kernel/mm/hugepages/hugepages-1048576kB
    refuses "no hugepages of 1G: it has those of 2M" reserve --count 2 --size 1G
}

@test "a kernel without hugepages" {
    rm -r "$tree"/sys/kernel/mm/hugepages
    refuses "no hugepages (CONFIG_HUGETLBFS)" reserve --count 2
}

@test "fragmented memory: says how many it got, and gives them back" {
    put /.kernel/limit-2048kB-node0 37
    put $node0/nr_hugepages 5
    put $all/nr_hugepages 5
    put $all/free_hugepages 5
    put $node0/free_hugepages 5
    refuses "got 37 of 64 pages of 2M: memory is fragmented" reserve --count 64
    [[ $(contents $all/nr_hugepages) == 5 ]]
}

@test "fragmented memory of one node: names the node" {
    put /.kernel/limit-2048kB-node0 37
    refuses "got 37 of 64 pages of 2M on NUMA node 0" reserve --count 64 --node 0
}

@test "fragmented memory: compaction helps" {
    put /.kernel/limit-2048kB-node0 37
    put /.kernel/compaction 100
    do_setup reserve --count 64
    [[ $(contents $all/nr_hugepages) == 64 && $output == *"37 of 64 so far"* ]]
}

@test "fragmented memory: keeps what there is when told to" {
    put /.kernel/limit-2048kB-node0 37
    do_setup reserve --count 64 --accept-fewer
    [[ $(contents $all/nr_hugepages) == 37 && $output == *"got 37 of 64"* ]]
}

@test "none at all to be had is a failure even so" {
    put /.kernel/limit-2048kB-node0 0
    refuses "got 0 of 64" reserve --count 64 --accept-fewer
}

@test "more than the memory that is available: is not tried" {
    refuses "4000 pages more of 2M are 8000 MiB, and this machine can spare 7372 MiB" \
        reserve --count 4000
}

@test "more than the memory of a node: is not tried" {
    refuses "NUMA node 0 of this machine can spare 5529 MiB" reserve --count 3000 --node 0
}

@test "what is reserved already does not count against the memory" {
    put /.kernel/limit-2048kB-node0 5000
    put $node0/nr_hugepages 3000
    put $all/nr_hugepages 3000
    do_setup reserve --count 4000
    [[ $(contents $all/nr_hugepages) == 4000 ]]
}

@test "the kernel refuses: its reason is told" {
    : >"$tree/.kernel/fails-tee"
    before=$(snapshot)
    setup_tool reserve --count 64
    [[ $status == 1 && $stderr == *"reserves no pages of 2M: Input/output error"* ]]
    [[ $(snapshot) == "$before" ]]
}

@test "dry run: shows the write, and makes none" {
    before=$(snapshot)
    do_setup --dry-run reserve --count 64
    [[ $(snapshot) == "$before" && $output == *"+ echo 64 > $tree$all/nr_hugepages"* ]]
    [[ $output == *"nothing was changed"* && ! -e $tree/run/nvme4j ]]
}

@test "dry run of a node" {
    make_node 1
    do_setup reserve --count 64 --node 1 -n
    [[ $output == *"+ echo 64 > $tree$node1/nr_hugepages"* ]]
}

@test "bad counts, sizes and nodes" {
    misuses "wants --count" reserve
    for bad in 0 -1 x 1.5 "" 9999999999; do
        misuses "--count" reserve --count "$bad"
    done
    misuses "--size huge" reserve --count 1 --size huge
    misuses "--size 2" reserve --count 1 --size 2
    misuses "--node x" reserve --count 1 --node x
    misuses "--persist=cron" reserve --count 1 --persist=cron
}
