/* SPDX-License-Identifier: Apache-2.0 */

/* The client's memory: mapped here, and known to the controller by its IOVAs. */
#ifndef EMBEDDED_SERVE_DMA_H
#define EMBEDDED_SERVE_DMA_H

#include "iova_table.h"
#include "serve/guard.h"
#include "serve/protocol.h"

#define DMA_REGIONS_MAX 1024
#define DMA_BYTES_MAX (UINT64_C(64) << 30) /* mapped at the same time; page tables take 1/512 */

struct dma_region {
    uint64_t iova;
    uint64_t size;
    void *address; /* NULL: without a file, or only to be read: the controller doesn't reach it */
    size_t length; /* of the mapping */
    struct guard *guard;
};

struct dma {
    struct iova_table *iova;
    int wake; /* an eventfd: some of the memory is gone */
    uint64_t bytes;
    unsigned count;
    struct dma_region regions[DMA_REGIONS_MAX];
};

void dma_open(struct dma *dma, struct iova_table *iova, int wake);
/* Unmaps everything. The controller is disabled. */
void dma_close(struct dma *dma);

/*
 * Maps a region of a file in memory (memfd, tmpfs, hugetlbfs), or notes that there is one (`fd` < 0):
 * hosts have some that no command is about, such as video memory, and a command that is about it fails
 * with Data Transfer Error. 0, or a negative errno: -EINVAL the region can't be, -EEXIST it overlaps
 * another, -EFAULT the file is shorter than that, -ENOSPC there are too many, or too large ones.
 */
int dma_map(struct dma *dma, const struct vfu_dma_map *request, int fd);

/* When this returns, the controller uses the region no more. -ENOENT: there is none like that. */
int dma_unmap(struct dma *dma, const struct vfu_dma_unmap *request);

/* Whether a client has truncated what it has mapped. */
bool dma_is_broken(const struct dma *dma);

#endif
