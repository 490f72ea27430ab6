/* SPDX-License-Identifier: Apache-2.0 */

#include "host/iova_layout.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Scrambled IOVAs are in [1 TiB, 1 TiB + 64 GiB): no IOVA is an address of memory or fits 32 bits, and
 * the page table stays small.
 */
#define SPACE_BEGIN (UINT64_C(1) << 40)
#define SPACE_PAGES (UINT64_C(1) << 24)
#define TRIES 1000

/* splitmix64: any seed will do. */
static uint64_t next_random(struct iova_layout *layout) {
    uint64_t z = (layout->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool is_free(const struct iova_layout *layout, uint64_t iova, uint64_t pages) {
    for (uint64_t i = 0; i < pages; i++) {
        if (page_table_get(layout->taken, iova + (i << NVME_PAGE_SHIFT)) != 0) {
            return false;
        }
    }
    return true;
}

/* A free stretch of the space, or 0. */
static uint64_t find_window(struct iova_layout *layout, uint64_t pages) {
    for (unsigned i = 0; i < TRIES && pages < SPACE_PAGES; i++) {
        const uint64_t page = next_random(layout) % (SPACE_PAGES - pages);
        const uint64_t iova = SPACE_BEGIN + (page << NVME_PAGE_SHIFT);
        if (is_free(layout, iova, pages)) {
            return iova;
        }
    }
    return 0;
}

/* Draws `count` pages out of a window of `size`, at least twice as many. */
static void draw(struct iova_layout *layout, uint64_t window, uint32_t *deck, uint64_t size,
                 uint64_t count, uint64_t *iovas) {
    for (uint64_t i = 0; i < size; i++) {
        deck[i] = (uint32_t)i;
    }
    for (uint64_t i = 0; i < count; i++) {
        uint64_t card;
        do {
            card = i + next_random(layout) % (size - i);
        } while (i > 0 && deck[card] == deck[i - 1] + 1);
        const uint32_t drawn = deck[card];
        deck[card] = deck[i];
        deck[i] = drawn;
        iovas[i] = window + ((uint64_t)drawn << NVME_PAGE_SHIFT);
    }
}

int iova_layout_choose(struct iova_layout *layout, const void *address, uint64_t count,
                       bool contiguous, uint64_t *iovas) {
    const bool shuffled = layout->scrambled && !contiguous;
    /* Half of the window stays empty, so that there is a choice to the last. */
    const uint64_t size = shuffled ? 2 * count : count;
    const uint64_t window =
        layout->scrambled ? find_window(layout, size) : (uint64_t)(uintptr_t)address;
    if (window == 0) {
        return -ENOMEM;
    }
    if (!shuffled) {
        for (uint64_t i = 0; i < count; i++) {
            iovas[i] = window + (i << NVME_PAGE_SHIFT);
        }
        return 0;
    }
    uint32_t *deck = malloc(size * sizeof(*deck));
    if (deck == NULL) {
        return -ENOMEM;
    }
    draw(layout, window, deck, size, count, iovas);
    free(deck);
    return 0;
}
