/* SPDX-License-Identifier: Apache-2.0 */

/* Where the pages of an allocation are in the controller's address space. */
#ifndef EMBEDDED_HOST_IOVA_LAYOUT_H
#define EMBEDDED_HOST_IOVA_LAYOUT_H

#include <stdbool.h>

#include "iova_table.h"

struct iova_layout {
    const struct page_table *taken; /* IOVAs that are mapped */
    bool scrambled;
    unsigned unit_shift; /* scrambling is in units of 1 << unit_shift bytes, pages or more */
    uint64_t random;     /* state */
};

/*
 * Chooses `count` distinct free IOVAs, of pages: those of the memory itself (identity), or, scrambled,
 * random ones. Pages of one unit of the address space, which are at multiples of its size, are
 * neighbours in one unit of the IOVAs, at the same offsets; of the units none follows its predecessor,
 * unless they are to be `contiguous`. 0 or -ENOMEM.
 */
int iova_layout_choose(struct iova_layout *layout, const void *address, uint64_t count,
                       bool contiguous, uint64_t *iovas);

#endif
