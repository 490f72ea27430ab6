/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* MAP_HUGETLB */

#include "host/memory_pages.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "nvme_spec.h"

#define HUGEPAGE_SIZE (UINT64_C(2) << 20)
#define HUGEPAGE_SHIFT 21
#ifndef MADV_POPULATE_WRITE /* Linux 5.14 */
#define MADV_POPULATE_WRITE 23
#endif
#define MEMORY_POLICY_PREFERRED 1 /* MPOL_PREFERRED of linux/mempolicy.h */
#define NUMA_NODES_MAX 1024

static uint64_t round_up(uint64_t number, uint64_t multiple) {
    return (number + multiple - 1) & ~(multiple - 1);
}

/* Maps `length` bytes at a multiple of `alignment`; `page` is the size of a page. NULL: no memory. */
static void *map_aligned(uint64_t length, uint64_t alignment, uint64_t page, int flags) {
    const uint64_t spare = alignment > page ? alignment - page : 0;
    if (length + spare < length) {
        return NULL;
    }
    char *begin = mmap(NULL, length + spare, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (begin == MAP_FAILED) {
        return NULL;
    }
    char *aligned = (char *)round_up((uintptr_t)begin, alignment);
    const size_t head = (size_t)(aligned - begin);
    if (head > 0) {
        munmap(begin, head);
    }
    if (spare > head) {
        munmap(aligned + length, spare - head);
    }
    return aligned;
}

/*
 * Asks for a NUMA node, before the pages are touched. The system call rather than libnuma, so that the
 * library needs libc alone. A node that has no memory, or a container that may not ask, gets others'.
 */
static void prefer_node(void *address, uint64_t length, int32_t numa) {
    unsigned long mask[NUMA_NODES_MAX / (8 * sizeof(unsigned long))] = {0};
    const size_t bits = 8 * sizeof(mask[0]);
    if (numa >= 0 && numa < NUMA_NODES_MAX) {
        mask[(size_t)numa / bits] = 1ul << (size_t)numa % bits;
        syscall(SYS_mbind, address, length, MEMORY_POLICY_PREFERRED, mask,
                (unsigned long)NUMA_NODES_MAX, 0u);
    }
}

/*
 * Touches the pages now. Of hugepages there may be fewer than were promised (a control group's limit),
 * which would otherwise be a SIGBUS later. Kernels that don't know the advice are trusted.
 */
static bool populate(void *address, uint64_t length) {
    return madvise(address, length, MADV_POPULATE_WRITE) == 0 || errno == EINVAL;
}

static bool get_hugepages(uint64_t length, uint64_t alignment, int32_t numa,
                          struct memory_pages *pages) {
    const uint64_t mapped = round_up(length, HUGEPAGE_SIZE);
    void *address = map_aligned(mapped, alignment, HUGEPAGE_SIZE,
                                MAP_HUGETLB | (int)(HUGEPAGE_SHIFT << MAP_HUGE_SHIFT));
    if (address == NULL) {
        return false;
    }
    *pages = (struct memory_pages){address, mapped, N4J_MEM_KIND_HUGEPAGE};
    prefer_node(address, mapped, numa);
    if (populate(address, mapped)) {
        return true;
    }
    memory_pages_put(pages);
    return false;
}

int memory_pages_get(uint64_t length, uint64_t alignment, int32_t numa, struct memory_pages *pages,
                     struct n4j_error *error) {
    if (length >= HUGEPAGE_SIZE && get_hugepages(length, alignment, numa, pages)) {
        return 0;
    }
    void *address = map_aligned(length, alignment, NVME_PAGE_SIZE, 0);
    if (address == NULL) {
        return n4j_fail(
            error, -ENOMEM,
            "no memory for %llu bytes: ask for less, or raise the limit on this process's "
            "address space (ulimit -v) or the kernel's (vm.overcommit_memory)",
            (unsigned long long)length);
    }
    *pages = (struct memory_pages){address, length, N4J_MEM_KIND_PAGED};
    prefer_node(address, length, numa);
    /* The limit on locked memory is often low, and the embedded controller can do without. */
    if (mlock(address, length) == 0) {
        pages->kind = N4J_MEM_KIND_LOCKED;
    }
    return 0;
}

void memory_pages_put(const struct memory_pages *pages) {
    munmap(pages->address, pages->mapped);
}
