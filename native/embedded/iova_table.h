/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The IOMMU of the embedded controller: I/O virtual addresses (IOVA) to memory. The host side maps and
 * unmaps; the device side looks up, and knows of no other memory.
 *
 * Quiescence: a look-up gives an address that the device uses for a while, and the memory may be
 * unmapped meanwhile. So the device does its work between iova_reader_enter and iova_reader_leave, and
 * iova_table_quiesce, called after unmapping, waits until each reader that was inside has left.
 * A reader's epoch is odd while it is inside. Entering and looking up here, unmapping and reading the
 * epoch there are all sequentially consistent: either the reader finds the page gone, or it is seen.
 */
#ifndef EMBEDDED_IOVA_TABLE_H
#define EMBEDDED_IOVA_TABLE_H

#include <assert.h>
#include <stdbool.h>

#include "page_table.h"

/* One for each I/O queue pair, and number 0 for the admin queue or the device's thread. */
#define IOVA_READERS 65
#define CACHE_LINE 64

struct iova_reader {
    _Alignas(CACHE_LINE) atomic_uint epoch;
};

struct iova_table {
    struct page_table *pages;
    struct iova_reader readers[IOVA_READERS];
};

/* NULL where there is no memory. */
struct iova_table *iova_table_create(void);
void iova_table_destroy(struct iova_table *table);

/* Waits until no reader uses what it looked up before the call. Not to be called by a reader. */
void iova_table_quiesce(struct iova_table *table);

/*
 * Frees the tables that map nothing any more, of a range that was unmapped. The caller is the one that
 * maps and unmaps. Not to be called by a reader.
 */
void iova_table_trim(struct iova_table *table, uint64_t iova, uint64_t length);

/* The same as iova_table_quiesce for one reader. */
void iova_reader_quiesce(struct iova_table *table, unsigned reader);

static inline void iova_reader_enter(struct iova_table *table, unsigned reader) {
    atomic_uint *epoch = &table->readers[reader].epoch;
    assert((atomic_load_explicit(epoch, memory_order_relaxed) & 1) == 0);
    atomic_exchange(epoch, atomic_load_explicit(epoch, memory_order_relaxed) + 1);
}

static inline void iova_reader_leave(struct iova_table *table, unsigned reader) {
    atomic_uint *epoch = &table->readers[reader].epoch;
    assert((atomic_load_explicit(epoch, memory_order_relaxed) & 1) == 1);
    atomic_store_explicit(epoch, atomic_load_explicit(epoch, memory_order_relaxed) + 1,
                          memory_order_release);
}

/* In an entry, beside the page's address: to touch the memory may be a SIGBUS (vanishing.h). */
#define IOVA_MAY_VANISH 1u

struct iova_memory {
    uint8_t *address; /* NULL: none */
    bool may_vanish;
};

/* The memory at an IOVA, good up to the end of its page. */
static inline struct iova_memory iova_find(const struct iova_table *table, uint64_t iova) {
    const uint64_t entry = page_table_get(table->pages, iova);
    const uint64_t page = entry & ~(uint64_t)NVME_PAGE_MASK;
    return (struct iova_memory){
        .address = entry == 0 ? NULL : (uint8_t *)(uintptr_t)(page | (iova & NVME_PAGE_MASK)),
        .may_vanish = (entry & IOVA_MAY_VANISH) != 0,
    };
}

/* The same of memory that stays, which queues have to be in; NULL where there is none. */
static inline void *iova_lookup(const struct iova_table *table, uint64_t iova) {
    const struct iova_memory memory = iova_find(table, iova);
    return memory.may_vanish ? NULL : memory.address;
}

#endif
