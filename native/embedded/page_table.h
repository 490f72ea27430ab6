/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A map from 4 KiB pages of a 48-bit address space to page addresses of another, whose low 12 bits are
 * the user's: a radix tree of three levels, 12 bits each. Look-ups take no lock; updates are the caller's
 * to serialise. Tables are not freed before the whole, so that a look-up never meets one that is gone.
 */
#ifndef EMBEDDED_PAGE_TABLE_H
#define EMBEDDED_PAGE_TABLE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "nvme_spec.h"

#define PAGE_TABLE_ADDRESS_BITS 48
#define PAGE_TABLE_LEVEL_BITS 12
#define PAGE_TABLE_ENTRIES (1u << PAGE_TABLE_LEVEL_BITS)

struct page_table_leaf {
    _Atomic uint64_t page[PAGE_TABLE_ENTRIES]; /* 0: not mapped */
};

struct page_table_middle {
    _Atomic(struct page_table_leaf *) leaf[PAGE_TABLE_ENTRIES];
};

struct page_table {
    _Atomic(struct page_table_middle *) middle[PAGE_TABLE_ENTRIES];
};

/* NULL where there is no memory. */
struct page_table *page_table_create(void);
void page_table_destroy(struct page_table *table);

/* Frees all tables. Nobody looks up meanwhile. */
void page_table_clear(struct page_table *table);

/*
 * Takes out the leaf that holds `address`, if there is one and it maps nothing: the caller's to free
 * once those that look it up have left. Else NULL.
 */
struct page_table_leaf *page_table_take_empty(struct page_table *table, uint64_t address);

/* Makes sure that page_table_set can't fail for the range. 0 or -ENOMEM. */
int page_table_reserve(struct page_table *table, uint64_t address, uint64_t length);

/* Maps one page, or unmaps it with 0. The page was reserved. */
void page_table_set(struct page_table *table, uint64_t address, uint64_t page);

/* What the page that holds `address` maps to, or 0. */
static inline uint64_t page_table_get(const struct page_table *table, uint64_t address) {
    if (address >> PAGE_TABLE_ADDRESS_BITS != 0) {
        return 0;
    }
    const uint64_t mask = PAGE_TABLE_ENTRIES - 1;
    const uint64_t page = address >> NVME_PAGE_SHIFT;
    const struct page_table_middle *middle = atomic_load_explicit(
        &table->middle[page >> 2 * PAGE_TABLE_LEVEL_BITS], memory_order_acquire);
    if (middle == NULL) {
        return 0;
    }
    const struct page_table_leaf *leaf = atomic_load_explicit(
        &middle->leaf[page >> PAGE_TABLE_LEVEL_BITS & mask], memory_order_acquire);
    /* Sequentially consistent: see "Quiescence" in iova_table.h. */
    return leaf == NULL ? 0 : atomic_load(&leaf->page[page & mask]);
}

#endif
