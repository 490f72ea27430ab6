/* SPDX-License-Identifier: Apache-2.0 */

#include "device/metadata_pointer.h"

#include "device/vanishing.h"

static bool is_aligned(const struct data_request *request) {
    const bool takes_bytes = NVME_PSDT(request->sqe->flags) == NVME_PSDT_SGL_MPTR_CONTIGUOUS &&
                             request->sgl_support == SGL_BYTE;
    return takes_bytes || (request->sqe->mptr & DWORD_MASK) == 0;
}

uint16_t metadata_pointer_begin(struct metadata_pointer *pointer,
                                const struct data_request *request, uint64_t length) {
    const uint64_t begin = request->sqe->mptr;
    *pointer = (struct metadata_pointer){request->iova, begin};
    /* Identify Controller SGLS says that it can't be an SGL. */
    if (NVME_PSDT(request->sqe->flags) == NVME_PSDT_SGL_MPTR_SGL || !is_aligned(request)) {
        return NVME_INVALID_FIELD;
    }
    const uint64_t pages = ((begin & NVME_PAGE_MASK) + length + NVME_PAGE_MASK) >> NVME_PAGE_SHIFT;
    for (uint64_t i = 0; i < pages; i++) {
        if (iova_find(request->iova, begin + (i << NVME_PAGE_SHIFT)).address == NULL) {
            return NVME_DATA_TRANSFER_ERROR;
        }
    }
    return NVME_SUCCESS;
}

uint16_t metadata_pointer_error_location(const struct nvme_sqe *sqe) {
    return NVME_PSDT(sqe->flags) == NVME_PSDT_SGL_MPTR_SGL ? NVME_ERROR_LOCATION(1, 6)
                                                           : NVME_ERROR_LOCATION(16, 0);
}

/* Page by page; memory that was there at the beginning may be gone. */
static uint16_t move(struct metadata_pointer *pointer, uint8_t *local, uint64_t length,
                     enum data_direction direction) {
    while (length > 0) {
        const uint64_t room = NVME_PAGE_SIZE - (pointer->at & NVME_PAGE_MASK);
        const uint64_t part = length < room ? length : room;
        const struct iova_memory memory = iova_find(pointer->iova, pointer->at);
        if (memory.address == NULL ||
            !(direction == DATA_TO_HOST
                  ? host_write(memory.address, local, part, memory.may_vanish)
                  : host_read(local, memory.address, part, memory.may_vanish))) {
            return NVME_DATA_TRANSFER_ERROR;
        }
        pointer->at += part;
        local += part;
        length -= part;
    }
    return NVME_SUCCESS;
}

uint16_t metadata_pointer_put(struct metadata_pointer *pointer, const void *from, uint64_t length) {
    return move(pointer, (uint8_t *)from, length, DATA_TO_HOST);
}

uint16_t metadata_pointer_take(struct metadata_pointer *pointer, void *to, uint64_t length) {
    return move(pointer, to, length, DATA_FROM_HOST);
}
