/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* tdestroy */

#include "host/memory.h"

#include <errno.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>

#include "host/iova_layout.h"
#include "host/memory_pages.h"

struct memory {
    struct iova_table *iova;         /* IOVA to memory, the controller's */
    struct page_table *translations; /* memory to IOVA */
    pthread_mutex_t lock;            /* of what follows, and of changes to both tables */
    struct iova_layout layout;
    void *allocations; /* a tree of tsearch, by address */
};

struct allocation {
    void *address; /* first: an address is a key */
    uint64_t length;
    struct memory_pages pages;
};

static int compare_addresses(const void *left, const void *right) {
    const char *const *a = left;
    const char *const *b = right;
    return (*a > *b) - (*a < *b);
}

struct memory *memory_create(struct iova_table *iova, bool scrambled, uint64_t seed) {
    struct memory *memory = calloc(1, sizeof(*memory));
    if (memory == NULL) {
        return NULL;
    }
    memory->translations = page_table_create();
    if (memory->translations == NULL) {
        free(memory);
        return NULL;
    }
    memory->iova = iova;
    memory->layout = (struct iova_layout){iova->pages, scrambled, seed};
    pthread_mutex_init(&memory->lock, NULL);
    return memory;
}

static void free_allocation(void *node) {
    struct allocation *allocation = node;
    memory_pages_put(&allocation->pages);
    free(allocation);
}

void memory_destroy(struct memory *memory) {
    if (memory == NULL) {
        return;
    }
    tdestroy(memory->allocations, free_allocation);
    page_table_destroy(memory->translations);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

/* Makes an allocation known to the controller, and to memory_translate. */
static int map(struct memory *memory, const struct allocation *allocation, bool contiguous) {
    const uint64_t address = (uintptr_t)allocation->address;
    const uint64_t count = allocation->length >> NVME_PAGE_SHIFT;
    uint64_t *iovas = malloc(count * sizeof(*iovas));
    if (iovas == NULL) {
        return -ENOMEM;
    }
    int code = iova_layout_choose(&memory->layout, allocation->address, count, contiguous, iovas);
    if (code == 0) {
        code = page_table_reserve(memory->translations, address, allocation->length);
    }
    for (uint64_t i = 0; i < count && code == 0; i++) {
        code = page_table_reserve(memory->iova->pages, iovas[i], NVME_PAGE_SIZE);
    }
    for (uint64_t i = 0; i < count && code == 0; i++) {
        const uint64_t page = address + (i << NVME_PAGE_SHIFT);
        page_table_set(memory->translations, page, iovas[i]);
        page_table_set(memory->iova->pages, iovas[i], page);
    }
    free(iovas);
    return code;
}

/* When this returns, the controller no longer uses the memory. */
static void unmap(struct memory *memory, const struct allocation *allocation) {
    const uint64_t address = (uintptr_t)allocation->address;
    for (uint64_t offset = 0; offset < allocation->length; offset += NVME_PAGE_SIZE) {
        page_table_set(memory->iova->pages, page_table_get(memory->translations, address + offset),
                       0);
        page_table_set(memory->translations, address + offset, 0);
    }
    iova_table_quiesce(memory->iova);
}

static int add(struct memory *memory, struct allocation *allocation, bool contiguous) {
    pthread_mutex_lock(&memory->lock);
    int code = tsearch(allocation, &memory->allocations, compare_addresses) == NULL ? -ENOMEM : 0;
    if (code == 0) {
        code = map(memory, allocation, contiguous);
        if (code != 0) {
            tdelete(allocation, &memory->allocations, compare_addresses);
        }
    }
    pthread_mutex_unlock(&memory->lock);
    return code;
}

int memory_alloc(struct memory *memory, uint64_t length, uint64_t alignment, int32_t numa,
                 uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error) {
    const uint64_t whole = (length + NVME_PAGE_MASK) & ~(uint64_t)NVME_PAGE_MASK;
    const uint64_t aligned = alignment < NVME_PAGE_SIZE ? NVME_PAGE_SIZE : alignment;
    struct allocation *allocation = calloc(1, sizeof(*allocation));
    if (allocation == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    int code = memory_pages_get(whole, aligned, numa, &allocation->pages, error);
    if (code != 0) {
        free(allocation);
        return code;
    }
    allocation->address = allocation->pages.address;
    allocation->length = whole;
    code = add(memory, allocation, (flags & N4J_MEM_IOVA_CONTIGUOUS) != 0);
    if (code != 0) {
        free_allocation(allocation);
        return n4j_fail(error, code, "no room for %llu bytes in the controller's address space",
                        (unsigned long long)length);
    }
    *address = allocation->address;
    *kind = allocation->pages.kind;
    return 0;
}

int memory_free(struct memory *memory, void *address) {
    pthread_mutex_lock(&memory->lock);
    void *node = tfind(&address, &memory->allocations, compare_addresses);
    if (node == NULL) {
        pthread_mutex_unlock(&memory->lock);
        return -EINVAL;
    }
    struct allocation *allocation = *(struct allocation **)node;
    tdelete(allocation, &memory->allocations, compare_addresses);
    unmap(memory, allocation);
    pthread_mutex_unlock(&memory->lock);
    free_allocation(allocation);
    return 0;
}

/* The IOVA of `page_size` bytes at neighbouring IOVAs, or 0. */
static uint64_t translate_page(const struct memory *memory, uint64_t address, uint64_t page_size) {
    const uint64_t iova = page_table_get(memory->translations, address);
    for (uint64_t offset = NVME_PAGE_SIZE; offset < page_size && iova != 0;
         offset += NVME_PAGE_SIZE) {
        if (page_table_get(memory->translations, address + offset) != iova + offset) {
            return 0;
        }
    }
    return iova;
}

int memory_translate(const struct memory *memory, const void *address, uint64_t length,
                     uint64_t page_size, uint64_t *iovas, uint64_t count) {
    const uint64_t begin = (uintptr_t)address & ~(page_size - 1);
    const uint64_t last = (uintptr_t)address + length - 1;
    if (last < (uintptr_t)address) {
        return -EFAULT;
    }
    if ((last - begin) / page_size >= count) {
        return -ENOSPC;
    }
    for (uint64_t i = 0; i <= (last - begin) / page_size; i++) {
        iovas[i] = translate_page(memory, begin + i * page_size, page_size);
        if (iovas[i] == 0) {
            return -EFAULT;
        }
    }
    return 0;
}
