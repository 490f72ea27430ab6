/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Physical Region Pages (Base, "Physical Region Page Entry and List"). PRP1 may begin inside a page,
 * at a multiple of 4; all other entries are whole pages. PRP2 is the second page where two are enough,
 * else a list, which may begin inside a page at a multiple of 8. The last entry of a list's page is
 * data only where it is the last one of all, else it is the address of the next page of the list,
 * whose offset is 0. So every page of a list but the first yields data, and a list that bites its own
 * tail comes to an end.
 */
#include <assert.h>

#include "device/data_walk.h"

uint16_t prp_begin(struct data_pointer *pointer, const struct nvme_sqe *sqe) {
    struct prp_walk *prp = &pointer->prp;
    if ((sqe->prp1 & DWORD_MASK) != 0) {
        return NVME_PRP_OFFSET_INVALID;
    }
    prp->next = sqe->prp1;
    prp->prp2 = sqe->prp2;
    const uint64_t first = NVME_PAGE_SIZE - (sqe->prp1 & NVME_PAGE_MASK);
    prp->has_list = pointer->remaining > first + NVME_PAGE_SIZE;
    if (prp->has_list) {
        if ((sqe->prp2 & QWORD_MASK) != 0) {
            return NVME_PRP_OFFSET_INVALID;
        }
        prp->list.iova = pointer->iova;
        list_reader_seek(&prp->list, sqe->prp2);
    }
    return NVME_SUCCESS;
}

/* Finds the address of the next page after the first one. */
static uint16_t next_entry(struct data_pointer *pointer) {
    struct prp_walk *prp = &pointer->prp;
    if (!prp->has_list) {
        prp->next = prp->prp2;
    } else {
        bool at_last = (prp->list.at & NVME_PAGE_MASK) == NVME_PAGE_SIZE - sizeof(uint64_t);
        if (!list_reader_next(&prp->list, &prp->next)) {
            return NVME_DATA_TRANSFER_ERROR;
        }
        if (at_last && pointer->remaining > NVME_PAGE_SIZE) {
            if ((prp->next & NVME_PAGE_MASK) != 0) {
                return NVME_PRP_OFFSET_INVALID;
            }
            list_reader_seek(&prp->list, prp->next);
            if (!list_reader_next(&prp->list, &prp->next)) {
                return NVME_DATA_TRANSFER_ERROR;
            }
        }
    }
    return (prp->next & NVME_PAGE_MASK) != 0 ? NVME_PRP_OFFSET_INVALID : NVME_SUCCESS;
}

uint16_t prp_next(struct data_pointer *pointer, struct iovec *piece) {
    struct prp_walk *prp = &pointer->prp;
    assert(pointer->remaining > 0);
    const uint64_t room = NVME_PAGE_SIZE - (prp->next & NVME_PAGE_MASK);
    const uint64_t length = pointer->remaining < room ? pointer->remaining : room;
    piece->iov_base = data_pointer_memory(pointer, prp->next);
    if (piece->iov_base == NULL) {
        return NVME_DATA_TRANSFER_ERROR;
    }
    piece->iov_len = length;
    pointer->remaining -= length;
    return pointer->remaining == 0 ? NVME_SUCCESS : next_entry(pointer);
}
