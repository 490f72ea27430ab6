/* SPDX-License-Identifier: Apache-2.0 */

#include "serve/dma.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

static bool is_aligned(uint64_t number) {
    return (number & NVME_PAGE_MASK) == 0;
}

static int check(const struct vfu_dma_map *request) {
    const uint64_t end = UINT64_C(1) << PAGE_TABLE_ADDRESS_BITS;
    const bool fits =
        request->size > 0 && request->iova < end && request->size <= end - request->iova;
    const bool is_good = fits && is_aligned(request->iova | request->size | request->offset) &&
                         (request->flags & VFU_DMA_READ) != 0;
    return is_good ? 0 : -EINVAL;
}

static bool overlaps(const struct dma *dma, uint64_t iova, uint64_t size) {
    for (unsigned i = 0; i < dma->count; i++) {
        const struct dma_region *region = &dma->regions[i];
        if (iova < region->iova + region->size && region->iova < iova + size) {
            return true;
        }
    }
    return false;
}

/*
 * Bytes that a mapping of the file is counted in; 0: it can't be mapped. It has to be memory, as nobody
 * but the system may say how long an access takes.
 */
static size_t mapping_unit(int fd, const struct vfu_dma_map *request, int *code) {
    struct stat file;
    struct statfs system;
    if (fstat(fd, &file) != 0 || fstatfs(fd, &system) != 0 || !S_ISREG(file.st_mode) ||
        (system.f_type != TMPFS_MAGIC && system.f_type != HUGETLBFS_MAGIC)) {
        *code = -EINVAL;
        return 0;
    }
    /* What lies behind a file's end would be zeroes here, or none, and not the client's memory. */
    const uint64_t bytes = (uint64_t)file.st_size;
    if (request->offset > bytes || request->size > bytes - request->offset) {
        *code = -EFAULT;
        return 0;
    }
    return system.f_type == HUGETLBFS_MAGIC ? (size_t)file.st_blksize : NVME_PAGE_SIZE;
}

static int map_file(struct dma *dma, const struct vfu_dma_map *request, int fd,
                    struct dma_region *region) {
    int code = 0;
    const size_t unit = mapping_unit(fd, request, &code);
    if (code != 0) {
        return code;
    }
    region->length = (request->size + unit - 1) / unit * unit;
    void *address =
        mmap(NULL, region->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)request->offset);
    if (address == MAP_FAILED) {
        return -errno;
    }
    region->guard = guard_add(address, region->length, dma->wake);
    if (region->guard == NULL) {
        munmap(address, region->length);
        return -ENOSPC;
    }
    region->address = address;
    return 0;
}

static void unmap_file(struct dma_region *region) {
    if (region->address != NULL) {
        guard_remove(region->guard);
        munmap(region->address, region->length);
    }
}

static int enter(struct dma *dma, const struct dma_region *region) {
    if (page_table_reserve(dma->iova->pages, region->iova, region->size) != 0) {
        return -ENOMEM;
    }
    for (uint64_t offset = 0; offset < region->size; offset += NVME_PAGE_SIZE) {
        page_table_set(dma->iova->pages, region->iova + offset,
                       (uint64_t)(uintptr_t)region->address + offset);
    }
    return 0;
}

static void leave(struct dma *dma, const struct dma_region *region) {
    for (uint64_t offset = 0; offset < region->size; offset += NVME_PAGE_SIZE) {
        page_table_set(dma->iova->pages, region->iova + offset, 0);
    }
    iova_table_quiesce(dma->iova);
    iova_table_trim(dma->iova, region->iova, region->size);
}

static int add(struct dma *dma, const struct vfu_dma_map *request, int fd) {
    struct dma_region region = {.iova = request->iova, .size = request->size};
    /* What may only be read, such as a ROM, is nothing to transfer data to. */
    if (fd >= 0 && (request->flags & VFU_DMA_WRITE) != 0) {
        int code = request->size > DMA_BYTES_MAX - dma->bytes ? -ENOSPC
                                                              : map_file(dma, request, fd, &region);
        if (code == 0) {
            code = enter(dma, &region);
        }
        if (code != 0) {
            unmap_file(&region);
            return code;
        }
        dma->bytes += region.size;
    }
    dma->regions[dma->count++] = region;
    return 0;
}

int dma_map(struct dma *dma, const struct vfu_dma_map *request, int fd) {
    int code = check(request);
    if (code == 0 && overlaps(dma, request->iova, request->size)) {
        code = -EEXIST;
    }
    if (code == 0 && dma->count == DMA_REGIONS_MAX) {
        code = -ENOSPC;
    }
    return code == 0 ? add(dma, request, fd) : code;
}

static void take_out(struct dma *dma, unsigned index) {
    struct dma_region *region = &dma->regions[index];
    if (region->address != NULL) {
        leave(dma, region);
        unmap_file(region);
        dma->bytes -= region->size;
    }
    *region = dma->regions[--dma->count];
}

static void take_all_out(struct dma *dma) {
    while (dma->count > 0) {
        take_out(dma, dma->count - 1);
    }
}

int dma_unmap(struct dma *dma, const struct vfu_dma_unmap *request) {
    if (request->flags == VFU_UNMAP_ALL && request->iova == 0 && request->size == 0) {
        take_all_out(dma);
        return 0;
    }
    for (unsigned i = 0; request->flags == 0 && i < dma->count; i++) {
        if (dma->regions[i].iova == request->iova && dma->regions[i].size == request->size) {
            take_out(dma, i);
            return 0;
        }
    }
    return request->flags == 0 ? -ENOENT : -EINVAL;
}

void dma_open(struct dma *dma, struct iova_table *iova, int wake) {
    dma->iova = iova;
    dma->wake = wake;
    dma->bytes = 0;
    dma->count = 0;
}

void dma_close(struct dma *dma) {
    take_all_out(dma);
    assert(dma->bytes == 0);
    iova_table_quiesce(dma->iova);
    page_table_clear(dma->iova->pages);
}

bool dma_is_broken(const struct dma *dma) {
    unsigned i = 0;
    while (i < dma->count &&
           (dma->regions[i].guard == NULL || !guard_is_broken(dma->regions[i].guard))) {
        i++;
    }
    return i < dma->count;
}
