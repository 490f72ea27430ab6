/* SPDX-License-Identifier: Apache-2.0 */

#ifndef N4J_NUMA_H
#define N4J_NUMA_H

#include <stdbool.h>
#include <stdint.h>

/* Whether memory can be asked for with this: a node of the machine, or N4J_NUMA_ANY. */
bool n4j_numa_takes(int32_t node);

#endif
