/* SPDX-License-Identifier: Apache-2.0 */

#include "numa.h"

#include <stdio.h>
#include <unistd.h>

#include "nvme4j.h"

/* A kernel that knows of no nodes has all memory in number 0. */
bool n4j_numa_takes(int32_t node) {
    char path[64];
    snprintf(path, sizeof(path), "/sys/devices/system/node/node%d", node);
    return node == 0 || node == N4J_NUMA_ANY || (node > 0 && access(path, F_OK) == 0);
}
