# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0

# Sizes of hugepages: the kernel names them in KiB, people and mount options otherwise.

# "2M" to 2048; fails for what is no size.
size_kib() { # SIZE
    [[ $1 =~ ^([1-9][0-9]{0,8})([kKmMgG])$ ]] || return 1
    case ${BASH_REMATCH[2]} in
    k | K) echo "${BASH_REMATCH[1]}" ;;
    m | M) echo $((BASH_REMATCH[1] << 10)) ;;
    g | G) echo $((BASH_REMATCH[1] << 20)) ;;
    esac
}

# 2048 to "2M".
size_name() { # KIB
    if (($1 % 1048576 == 0)); then
        echo "$(($1 >> 20))G"
    elif (($1 % 1024 == 0)); then
        echo "$(($1 >> 10))M"
    else
        echo "${1}K"
    fi
}

# Size that a mount without pagesize= has.
default_size_kib() {
    local key value
    while read -r key value _; do
        if [[ $key == Hugepagesize: ]]; then
            echo "$value"
            return
        fi
    done <"$root/proc/meminfo"
    echo 2048
}

# KiB of every size that the kernel has pools of.
pool_sizes() {
    local pool
    for pool in "$root"/sys/kernel/mm/hugepages/hugepages-*kB; do
        pool=${pool##*-}
        echo "${pool%kB}"
    done
}
