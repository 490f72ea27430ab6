/* SPDX-License-Identifier: Apache-2.0 */

#include "page_table.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

struct page_table *page_table_create(void) {
    return calloc(1, sizeof(struct page_table));
}

void page_table_clear(struct page_table *table) {
    for (size_t i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        struct page_table_middle *middle = atomic_exchange(&table->middle[i], NULL);
        for (size_t j = 0; middle != NULL && j < PAGE_TABLE_ENTRIES; j++) {
            free(atomic_load(&middle->leaf[j]));
        }
        free(middle);
    }
}

void page_table_destroy(struct page_table *table) {
    if (table != NULL) {
        page_table_clear(table);
        free(table);
    }
}

/* The leaf that holds `address`, made where there is none yet; NULL where there is no memory. */
static struct page_table_leaf *leaf_for(struct page_table *table, uint64_t address) {
    const uint64_t mask = PAGE_TABLE_ENTRIES - 1;
    const uint64_t page = address >> NVME_PAGE_SHIFT;
    _Atomic(struct page_table_middle *) *middle_slot =
        &table->middle[page >> 2 * PAGE_TABLE_LEVEL_BITS];
    struct page_table_middle *middle = atomic_load(middle_slot);
    if (middle == NULL) {
        middle = calloc(1, sizeof(*middle));
        if (middle == NULL) {
            return NULL;
        }
        atomic_store(middle_slot, middle);
    }
    _Atomic(struct page_table_leaf *) *leaf_slot =
        &middle->leaf[page >> PAGE_TABLE_LEVEL_BITS & mask];
    struct page_table_leaf *leaf = atomic_load(leaf_slot);
    if (leaf == NULL) {
        leaf = calloc(1, sizeof(*leaf));
        if (leaf != NULL) {
            atomic_store(leaf_slot, leaf);
        }
    }
    return leaf;
}

int page_table_reserve(struct page_table *table, uint64_t address, uint64_t length) {
    const uint64_t leaf_bytes = (uint64_t)PAGE_TABLE_ENTRIES << NVME_PAGE_SHIFT;
    const uint64_t last = address + length - 1;
    for (uint64_t at = address; at <= last; at = (at / leaf_bytes + 1) * leaf_bytes) {
        if (leaf_for(table, at) == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

static bool is_empty(const struct page_table_leaf *leaf) {
    size_t i = 0;
    while (i < PAGE_TABLE_ENTRIES &&
           atomic_load_explicit(&leaf->page[i], memory_order_relaxed) == 0) {
        i++;
    }
    return i == PAGE_TABLE_ENTRIES;
}

struct page_table_leaf *page_table_take_empty(struct page_table *table, uint64_t address) {
    const uint64_t page = address >> NVME_PAGE_SHIFT;
    struct page_table_middle *middle =
        atomic_load(&table->middle[page >> 2 * PAGE_TABLE_LEVEL_BITS]);
    if (middle == NULL) {
        return NULL;
    }
    _Atomic(struct page_table_leaf *) *slot =
        &middle->leaf[page >> PAGE_TABLE_LEVEL_BITS & (PAGE_TABLE_ENTRIES - 1)];
    struct page_table_leaf *leaf = atomic_load(slot);
    if (leaf == NULL || !is_empty(leaf)) {
        return NULL;
    }
    atomic_store(slot, NULL);
    return leaf;
}

void page_table_set(struct page_table *table, uint64_t address, uint64_t page) {
    struct page_table_leaf *leaf = leaf_for(table, address);
    assert(leaf != NULL); /* it was reserved */
    atomic_store(&leaf->page[address >> NVME_PAGE_SHIFT & (PAGE_TABLE_ENTRIES - 1)], page);
}
