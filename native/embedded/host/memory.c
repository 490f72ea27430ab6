/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* tdestroy */

#include "host/memory.h"

#include <assert.h>
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
    uint64_t limit; /* of what is allocated, in bytes; 0 is none */
    uint64_t allocated;
    void *ranges; /* a tree of tsearch, by address */
};

/* Memory that the controller reaches. */
struct range {
    void *address; /* first: an address is a key */
    uint64_t length;
    bool is_registered; /* the caller's, and `pages` isn't used */
    bool may_vanish;
    struct memory_pages pages;
};

static int compare_addresses(const void *left, const void *right) {
    const char *const *a = left;
    const char *const *b = right;
    return (*a > *b) - (*a < *b);
}

struct memory *memory_create(struct iova_table *iova, const struct config *config) {
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
    memory->limit = config->dma_memory;
    memory->layout = (struct iova_layout){
        .taken = iova->pages,
        .scrambled = config->scrambled,
        .unit_shift = config->iova_page_shift,
        .random = config->seed,
    };
    pthread_mutex_init(&memory->lock, NULL);
    return memory;
}

static void free_range(void *node) {
    struct range *range = node;
    if (!range->is_registered) {
        memory_pages_put(&range->pages);
    }
    free(range);
}

void memory_destroy(struct memory *memory) {
    if (memory == NULL) {
        return;
    }
    tdestroy(memory->ranges, free_range);
    page_table_destroy(memory->translations);
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

/* Makes a range known to the controller, and to memory_translate. */
static int map(struct memory *memory, const struct range *range, bool contiguous) {
    const uint64_t address = (uintptr_t)range->address;
    const uint64_t count = range->length >> NVME_PAGE_SHIFT;
    uint64_t *iovas = malloc(count * sizeof(*iovas));
    if (iovas == NULL) {
        return -ENOMEM;
    }
    int code = iova_layout_choose(&memory->layout, range->address, count, contiguous, iovas);
    if (code == 0) {
        code = page_table_reserve(memory->translations, address, range->length);
    }
    for (uint64_t i = 0; i < count && code == 0; i++) {
        code = page_table_reserve(memory->iova->pages, iovas[i], NVME_PAGE_SIZE);
    }
    for (uint64_t i = 0; i < count && code == 0; i++) {
        const uint64_t page = address + (i << NVME_PAGE_SHIFT);
        assert(iovas[i] != 0 && page_table_get(memory->iova->pages, iovas[i]) == 0);
        page_table_set(memory->translations, page, iovas[i]);
        page_table_set(memory->iova->pages, iovas[i],
                       page | (range->may_vanish ? IOVA_MAY_VANISH : 0));
    }
    free(iovas);
    return code;
}

/* When this returns, the controller no longer uses the memory. */
static void unmap(struct memory *memory, const struct range *range) {
    const uint64_t address = (uintptr_t)range->address;
    for (uint64_t offset = 0; offset < range->length; offset += NVME_PAGE_SIZE) {
        page_table_set(memory->iova->pages, page_table_get(memory->translations, address + offset),
                       0);
        page_table_set(memory->translations, address + offset, 0);
    }
    iova_table_quiesce(memory->iova);
}

static bool overlaps(const struct memory *memory, const struct range *range) {
    const uint64_t address = (uintptr_t)range->address;
    for (uint64_t offset = 0; offset < range->length; offset += NVME_PAGE_SIZE) {
        if (page_table_get(memory->translations, address + offset) != 0) {
            return true;
        }
    }
    return false;
}

static int add_locked(struct memory *memory, struct range *range, bool contiguous,
                      struct n4j_error *error) {
    const unsigned long long length = range->length;
    if (((uintptr_t)range->address + range->length - 1) >> PAGE_TABLE_ADDRESS_BITS != 0) {
        return n4j_fail(error, -EFAULT, "%llu bytes at %p: the controller reaches %u bits", length,
                        range->address, PAGE_TABLE_ADDRESS_BITS);
    }
    if (overlaps(memory, range)) {
        return n4j_fail(error, -EEXIST,
                        "%llu bytes at %p overlap memory that is registered or allocated already",
                        length, range->address);
    }
    int code = tsearch(range, &memory->ranges, compare_addresses) == NULL ? -ENOMEM : 0;
    if (code == 0) {
        code = map(memory, range, contiguous);
        if (code != 0) {
            tdelete(range, &memory->ranges, compare_addresses);
        }
    }
    return code == 0 ? 0
                     : n4j_fail(error, code,
                                "no room for %llu bytes in the controller's address space", length);
}

static int add(struct memory *memory, struct range *range, bool contiguous,
               struct n4j_error *error) {
    pthread_mutex_lock(&memory->lock);
    int code = add_locked(memory, range, contiguous, error);
    pthread_mutex_unlock(&memory->lock);
    if (code != 0) {
        free_range(range);
    }
    return code;
}

/* The range that begins at `address` goes, if it is of that kind. */
static int take_away(struct memory *memory, void *address, bool is_registered) {
    pthread_mutex_lock(&memory->lock);
    void *node = tfind(&address, &memory->ranges, compare_addresses);
    struct range *range = node == NULL ? NULL : *(struct range **)node;
    if (range == NULL || range->is_registered != is_registered) {
        pthread_mutex_unlock(&memory->lock);
        return -EINVAL;
    }
    tdelete(range, &memory->ranges, compare_addresses);
    unmap(memory, range);
    memory->allocated -= is_registered ? 0 : range->length;
    pthread_mutex_unlock(&memory->lock);
    free_range(range);
    return 0;
}

static int count_in(struct memory *memory, uint64_t bytes, struct n4j_error *error) {
    pthread_mutex_lock(&memory->lock);
    const uint64_t left = memory->limit == 0 ? UINT64_MAX : memory->limit - memory->allocated;
    if (bytes <= left) {
        memory->allocated += bytes;
    }
    pthread_mutex_unlock(&memory->lock);
    return bytes <= left ? 0
                         : n4j_fail(error, -ENOMEM, "%llu bytes: dma_memory leaves %llu",
                                    (unsigned long long)bytes, (unsigned long long)left);
}

static void count_out(struct memory *memory, uint64_t bytes) {
    pthread_mutex_lock(&memory->lock);
    assert(memory->allocated >= bytes);
    memory->allocated -= bytes;
    pthread_mutex_unlock(&memory->lock);
}

/* Of whole pages, which have been counted. */
static int alloc_pages(struct memory *memory, uint64_t length, uint64_t alignment, int32_t numa,
                       uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error) {
    const uint64_t aligned = alignment < NVME_PAGE_SIZE ? NVME_PAGE_SIZE : alignment;
    struct range *range = calloc(1, sizeof(*range));
    if (range == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    int code = memory_pages_get(length, aligned, numa, &range->pages, error);
    if (code != 0) {
        free(range);
        return code;
    }
    range->address = range->pages.address;
    range->length = length;
    *address = range->address;
    *kind = range->pages.kind;
    return add(memory, range, (flags & N4J_MEM_IOVA_CONTIGUOUS) != 0, error);
}

int memory_alloc(struct memory *memory, uint64_t length, uint64_t alignment, int32_t numa,
                 uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error) {
    const uint64_t whole = (length + NVME_PAGE_MASK) & ~(uint64_t)NVME_PAGE_MASK;
    int code = count_in(memory, whole, error);
    if (code != 0) {
        return code;
    }
    code = alloc_pages(memory, whole, alignment, numa, flags, address, kind, error);
    if (code != 0) {
        count_out(memory, whole);
    }
    return code;
}

int memory_free(struct memory *memory, void *address) {
    return take_away(memory, address, false);
}

int memory_register(struct memory *memory, void *address, uint64_t length, uint32_t flags,
                    struct n4j_error *error) {
    struct range *range = calloc(1, sizeof(*range));
    if (range == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    range->address = address;
    range->length = length;
    range->is_registered = true;
    range->may_vanish = (flags & N4J_MEM_MAY_VANISH) != 0;
    return add(memory, range, false, error);
}

int memory_unregister(struct memory *memory, void *address) {
    return take_away(memory, address, true);
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
                     uint64_t page_size, uint64_t *iovas) {
    const uint64_t begin = (uintptr_t)address & ~(page_size - 1);
    const uint64_t last = (uintptr_t)address + length - 1;
    for (uint64_t i = 0; i <= (last - begin) / page_size; i++) {
        iovas[i] = translate_page(memory, begin + i * page_size, page_size);
        if (iovas[i] == 0) {
            return -EFAULT;
        }
    }
    return 0;
}
