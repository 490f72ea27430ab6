/* SPDX-License-Identifier: Apache-2.0 */

/* Memory from the system, for DMA: hugepages, else locked pages, else what there is. */
#ifndef EMBEDDED_HOST_MEMORY_PAGES_H
#define EMBEDDED_HOST_MEMORY_PAGES_H

#include "transport.h"

struct memory_pages {
    void *address;
    uint64_t mapped; /* bytes */
    uint32_t kind;   /* N4J_MEM_KIND_* */
};

/* Zeroed pages at a multiple of `alignment`, a power of two. */
int memory_pages_get(uint64_t length, uint64_t alignment, int32_t numa, struct memory_pages *pages,
                     struct n4j_error *error);
void memory_pages_put(const struct memory_pages *pages);

#endif
