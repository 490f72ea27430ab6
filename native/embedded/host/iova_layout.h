/* SPDX-License-Identifier: Apache-2.0 */

/* Where the pages of an allocation are in the controller's address space. */
#ifndef EMBEDDED_HOST_IOVA_LAYOUT_H
#define EMBEDDED_HOST_IOVA_LAYOUT_H

#include <stdbool.h>

#include "iova_table.h"

struct iova_layout {
    const struct page_table *taken; /* IOVAs that are mapped */
    bool scrambled;
    uint64_t random; /* state */
};

/*
 * Chooses `count` distinct free IOVAs, of pages: those of the memory itself (identity), or, scrambled,
 * random ones of which none follows its predecessor, unless they are to be `contiguous`.
 * 0 or -ENOMEM.
 */
int iova_layout_choose(struct iova_layout *layout, const void *address, uint64_t count,
                       bool contiguous, uint64_t *iovas);

#endif
