/* SPDX-License-Identifier: Apache-2.0 */

/* A medium in this process's memory. What was never written takes none. */
#define _GNU_SOURCE /* MADV_DONTNEED */

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "device/medium.h"

/* From so many bytes on, zeroing gives the memory back. */
#define DEALLOCATE_MIN (64u << 10)

static int memory_open(struct namespace *ns, const struct config *config, struct n4j_error *error) {
    (void)config;
    ns->memory = mmap(NULL, namespace_medium_size(ns, ns->size), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ns->memory == MAP_FAILED) {
        return n4j_fail(
            error, -errno,
            "no room for a namespace of %llu bytes in memory: %s (choose a smaller size, or "
            "a file by traddr)",
            (unsigned long long)ns->size, strerror(errno));
    }
    return 0;
}

static void memory_close(struct namespace *ns, bool discard) {
    (void)discard;
    munmap(ns->memory, namespace_medium_size(ns, ns->size));
}

static uint16_t memory_read(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                            unsigned count) {
    const uint8_t *from = ns->memory + offset;
    for (unsigned i = 0; i < count; i++) {
        memcpy(pieces[i].iov_base, from, pieces[i].iov_len);
        from += pieces[i].iov_len;
    }
    return NVME_SUCCESS;
}

static uint16_t memory_write(struct namespace *ns, uint64_t offset, const struct iovec *pieces,
                             unsigned count) {
    uint8_t *to = ns->memory + offset;
    for (unsigned i = 0; i < count; i++) {
        memcpy(to, pieces[i].iov_base, pieces[i].iov_len);
        to += pieces[i].iov_len;
    }
    return NVME_SUCCESS;
}

static uint16_t memory_zero(struct namespace *ns, uint64_t offset, uint64_t length) {
    uint8_t *begin = ns->memory + offset;
    if (length < DEALLOCATE_MIN) {
        memset(begin, 0, length);
        return NVME_SUCCESS;
    }
    /* The mapping begins on a page. */
    const uint64_t head = -offset & NVME_PAGE_MASK;
    const uint64_t pages = (length - head) & ~(uint64_t)NVME_PAGE_MASK;
    memset(begin, 0, head);
    if (madvise(begin + head, pages, MADV_DONTNEED) != 0) {
        memset(begin + head, 0, pages);
    }
    memset(begin + head + pages, 0, length - head - pages);
    return NVME_SUCCESS;
}

const struct medium medium_memory = {
    .name = "memory",
    .open = memory_open,
    .close = memory_close,
    .read = memory_read,
    .write = memory_write,
    .zero = memory_zero,
};
