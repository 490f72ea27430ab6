/* SPDX-License-Identifier: Apache-2.0 */

/* DMA memory: SPDK's heap in hugepages, one for all controllers. */
#include <errno.h>

#include <spdk/env.h>

#include "spdk_transport.h"

#define PAGE 4096
#define HUGEPAGE (UINT64_C(2) << 20)

static bool iova_is_address(const struct n4j_spdk_ctrlr *ctrlr) {
    return !n4j_spdk_target_is_pci(&ctrlr->trid);
}

static bool is_fabrics(const struct n4j_spdk_ctrlr *ctrlr) {
    return !ctrlr->has_doorbells;
}

/*
 * IOVA of a byte, and how many bytes from there on are contiguous. Targets in other processes know
 * memory by this process's addresses; a drive knows it by what the IOMMU, or its absence, made of it.
 */
static uint64_t translate(const struct n4j_spdk_ctrlr *ctrlr, uintptr_t address, uint64_t *length) {
    uint64_t iova = spdk_vtophys((const void *)address, length);
    if (iova == SPDK_VTOPHYS_ERROR) {
        return SPDK_VTOPHYS_ERROR;
    }
    return iova_is_address(ctrlr) ? address : iova;
}

static int translate_page(const struct n4j_spdk_ctrlr *ctrlr, uintptr_t page, uint64_t page_size,
                          uint64_t *iova) {
    uint64_t expected = 0;
    for (uint64_t done = 0; done < page_size;) {
        uint64_t run = page_size - done;
        uint64_t at = translate(ctrlr, page + done, &run);
        if (at == SPDK_VTOPHYS_ERROR || run == 0 || (done > 0 && at != expected)) {
            return -EFAULT;
        }
        if (done == 0) {
            *iova = at;
        }
        expected = at + run;
        done += run;
    }
    return 0;
}

int n4j_spdk_mem_translate(struct n4j_ctrlr *base, const void *address, uint64_t length,
                           uint64_t page_size, uint64_t *iovas) {
    const struct n4j_spdk_ctrlr *ctrlr = (const struct n4j_spdk_ctrlr *)base;
    uintptr_t begin = (uintptr_t)address & ~(uintptr_t)(page_size - 1);
    uintptr_t end = (uintptr_t)address + length;
    if (is_fabrics(ctrlr) && n4j_spdk_is_registered(ctrlr, address, length)) {
        for (uintptr_t page = begin; page < end; page += page_size) {
            *iovas++ = page; /* SPDK doesn't know of it, and need not */
        }
        return 0;
    }
    for (uintptr_t page = begin; page < end; page += page_size) {
        int code = translate_page(ctrlr, page, page_size, iovas++);
        if (code != 0) {
            return code;
        }
    }
    return 0;
}

static bool is_contiguous(const struct n4j_spdk_ctrlr *ctrlr, const void *address,
                          uint64_t length) {
    uint64_t iova;
    return iova_is_address(ctrlr) || translate_page(ctrlr, (uintptr_t)address, length, &iova) == 0;
}

static uint64_t power_of_two_above(uint64_t length) {
    uint64_t power = PAGE;
    while (power < length) {
        power <<= 1;
    }
    return power;
}

static int check(struct n4j_spdk_ctrlr *ctrlr, const void *memory, uint64_t length, uint32_t flags,
                 struct n4j_error *error) {
    if (memory == NULL) {
        return n4j_fail(
            error, -ENOMEM,
            "no %llu KiB of hugepage memory left (%llu MiB of hugepages are free): close buffers, "
            "or run 'hugepages-setup/hugepages-setup reserve --count N' as root",
            (unsigned long long)(length >> 10),
            (unsigned long long)(n4j_spdk_hugepages_free() >> 20));
    }
    /* SPDK drops this failure: the memory grew, and a device was not told of it. */
    if (n4j_spdk_log_error()[0] != '\0') {
        return n4j_fail(error, -ENOMEM,
                        "an attached target takes no more memory (%s): let SPDK reserve more at "
                        "start (AttachOptions.spdkMemory, or 'nvme4j bench -s')",
                        n4j_spdk_log_error());
    }
    if ((flags & N4J_MEM_IOVA_CONTIGUOUS) != 0 && !is_contiguous(ctrlr, memory, length)) {
        return n4j_fail(
            error, -ENOMEM,
            "no %llu KiB of memory in one run of IOVAs: hugepages of 1 GiB have longer ones",
            (unsigned long long)(length >> 10));
    }
    return 0;
}

int n4j_spdk_mem_alloc(struct n4j_ctrlr *base, uint64_t length, uint64_t alignment, int32_t numa,
                       uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error) {
    struct n4j_spdk_ctrlr *ctrlr = (struct n4j_spdk_ctrlr *)base;
    length = (length + PAGE - 1) & ~(uint64_t)(PAGE - 1);
    if (alignment < PAGE) {
        alignment = PAGE;
    }
    /* What lies inside one hugepage is contiguous for every device. */
    if ((flags & N4J_MEM_IOVA_CONTIGUOUS) != 0 && length <= HUGEPAGE) {
        uint64_t power = power_of_two_above(length);
        alignment = alignment < power ? power : alignment;
    }
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    n4j_spdk_log_begin();
    void *memory = spdk_zmalloc(length, alignment, NULL, numa, SPDK_MALLOC_DMA);
    int code = check(ctrlr, memory, length, flags, error);
    if (code != 0) {
        spdk_free(memory);
        memory = NULL;
    }
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    n4j_spdk_hugepages_unlink();
    *address = memory;
    *kind = N4J_MEM_KIND_HUGEPAGE;
    return code;
}

/* The memory goes back to SPDK's heap, which stays mapped for the devices. */
int n4j_spdk_mem_free(struct n4j_ctrlr *base, void *address) {
    (void)base;
    pthread_mutex_lock(&n4j_spdk_memory_lock);
    spdk_free(address);
    pthread_mutex_unlock(&n4j_spdk_memory_lock);
    return 0;
}
