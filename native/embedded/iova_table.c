/* SPDX-License-Identifier: Apache-2.0 */

#include "iova_table.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

struct iova_table *iova_table_create(void) {
    struct iova_table *table = aligned_alloc(CACHE_LINE, sizeof(*table));
    if (table == NULL) {
        return NULL;
    }
    memset(table, 0, sizeof(*table));
    table->pages = page_table_create();
    if (table->pages == NULL) {
        free(table);
        return NULL;
    }
    return table;
}

void iova_table_destroy(struct iova_table *table) {
    if (table != NULL) {
        page_table_destroy(table->pages);
        free(table);
    }
}

void iova_reader_quiesce(struct iova_table *table, unsigned reader) {
    atomic_uint *epoch = &table->readers[reader].epoch;
    const unsigned seen = atomic_load(epoch);
    while ((seen & 1) != 0 && atomic_load(epoch) == seen) {
        sched_yield();
    }
}

void iova_table_quiesce(struct iova_table *table) {
    for (unsigned reader = 0; reader < IOVA_READERS; reader++) {
        iova_reader_quiesce(table, reader);
    }
}

void iova_table_trim(struct iova_table *table, uint64_t iova, uint64_t length) {
    const uint64_t last = iova + length - 1;
    const uint64_t leaf_bytes = (uint64_t)PAGE_TABLE_ENTRIES << NVME_PAGE_SHIFT;
    for (uint64_t at = iova; at <= last; at = (at / leaf_bytes + 1) * leaf_bytes) {
        struct page_table_leaf *leaf = page_table_take_empty(table->pages, at);
        if (leaf != NULL) {
            iova_table_quiesce(table);
            free(leaf);
        }
    }
}
