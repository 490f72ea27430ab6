/* SPDX-License-Identifier: Apache-2.0 */

#include "host/iova_layout.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Scrambled IOVAs are in [1 TiB, 1 TiB + 64 GiB): no IOVA is an address of memory or fits 32 bits, and
 * the page table stays small.
 */
#define SPACE_BEGIN (UINT64_C(1) << 40)
#define SPACE_SIZE (UINT64_C(1) << 36)
#define TRIES 1000

/* splitmix64: any seed will do. */
static uint64_t next_random(struct iova_layout *layout) {
    uint64_t z = (layout->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static bool is_free(const struct iova_layout *layout, uint64_t iova, uint64_t length) {
    for (uint64_t offset = 0; offset < length; offset += NVME_PAGE_SIZE) {
        if (page_table_get(layout->taken, iova + offset) != 0) {
            return false;
        }
    }
    return true;
}

/* A free stretch of the space, or 0. */
static uint64_t find_window(struct iova_layout *layout, uint64_t units) {
    const uint64_t space = SPACE_SIZE >> layout->unit_shift;
    for (unsigned i = 0; i < TRIES && units < space; i++) {
        const uint64_t unit = next_random(layout) % (space - units);
        const uint64_t iova = SPACE_BEGIN + (unit << layout->unit_shift);
        if (is_free(layout, iova, units << layout->unit_shift)) {
            return iova;
        }
    }
    return 0;
}

/* Draws `count` numbers below `size`, at least twice as many. */
static int draw(struct iova_layout *layout, uint64_t size, uint64_t count, uint64_t *numbers) {
    uint32_t *deck = malloc(size * sizeof(*deck));
    if (deck == NULL) {
        return -ENOMEM;
    }
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
        numbers[i] = drawn;
    }
    free(deck);
    return 0;
}

/* The IOVAs of `count` units. */
static int choose_units(struct iova_layout *layout, uint64_t count, bool contiguous,
                        uint64_t *units) {
    /* Half of the window stays empty, so that there is a choice to the last. */
    const uint64_t size = contiguous ? count : 2 * count;
    const uint64_t window = find_window(layout, size);
    if (window == 0) {
        return -ENOMEM;
    }
    for (uint64_t i = 0; i < count; i++) {
        units[i] = i;
    }
    int code = contiguous ? 0 : draw(layout, size, count, units);
    for (uint64_t i = 0; i < count; i++) {
        units[i] = window + (units[i] << layout->unit_shift);
    }
    return code;
}

static int scramble(struct iova_layout *layout, uint64_t address, uint64_t count, bool contiguous,
                    uint64_t *iovas) {
    const uint64_t mask = (UINT64_C(1) << layout->unit_shift) - 1;
    const uint64_t first = address >> layout->unit_shift;
    const uint64_t last = (address + (count << NVME_PAGE_SHIFT) - 1) >> layout->unit_shift;
    uint64_t *units = malloc((last - first + 1) * sizeof(*units));
    if (units == NULL) {
        return -ENOMEM;
    }
    int code = choose_units(layout, last - first + 1, contiguous, units);
    for (uint64_t i = 0; i < count && code == 0; i++) {
        const uint64_t at = address + (i << NVME_PAGE_SHIFT);
        iovas[i] = units[(at >> layout->unit_shift) - first] + (at & mask);
    }
    free(units);
    return code;
}

int iova_layout_choose(struct iova_layout *layout, const void *address, uint64_t count,
                       bool contiguous, uint64_t *iovas) {
    const uint64_t begin = (uintptr_t)address;
    if (layout->scrambled) {
        return scramble(layout, begin, count, contiguous, iovas);
    }
    for (uint64_t i = 0; i < count; i++) {
        iovas[i] = begin + (i << NVME_PAGE_SHIFT);
    }
    return 0;
}
