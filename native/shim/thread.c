/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* CPU_SET */

#include <errno.h>
#include <sched.h>

#include "nvme4j.h"

int n4j_thread_pin(uint32_t processor) {
    if (processor >= CPU_SETSIZE) {
        return -EINVAL;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    return sched_setaffinity(0, sizeof(set), &set) == 0 ? 0 : -errno;
}
