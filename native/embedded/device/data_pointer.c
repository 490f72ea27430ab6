/* SPDX-License-Identifier: Apache-2.0 */

#include "device/data_pointer.h"

uint16_t data_pointer_begin(struct data_pointer *pointer, const struct data_request *request) {
    pointer->iova = request->iova;
    pointer->remaining = request->length;
    pointer->may_vanish = false;
    switch (NVME_PSDT(request->sqe->flags)) {
    case NVME_PSDT_PRP:
        pointer->is_sgl = false;
        return prp_begin(pointer, request->sqe);
    case NVME_PSDT_SGL_MPTR_CONTIGUOUS:
    case NVME_PSDT_SGL_MPTR_SGL:
        pointer->is_sgl = true;
        return request->sgl_support == SGL_UNSUPPORTED ? NVME_INVALID_FIELD
                                                       : sgl_begin(pointer, request);
    default:
        return NVME_INVALID_FIELD;
    }
}

uint16_t data_pointer_error_location(const struct nvme_sqe *sqe, uint16_t status) {
    switch (status) {
    case NVME_DATA_TRANSFER_ERROR:
        return NVME_ERROR_LOCATION_NONE;
    case NVME_INVALID_FIELD:
        return NVME_ERROR_LOCATION(1, 6); /* PSDT */
    case NVME_PRP_OFFSET_INVALID:
        return NVME_ERROR_LOCATION((sqe->prp1 & DWORD_MASK) != 0 ? 24 : 32, 0);
    default:
        return NVME_ERROR_LOCATION(24, 0); /* SGL1 */
    }
}

uint16_t data_pointer_next(struct data_pointer *pointer, struct iovec *pieces, unsigned max,
                           unsigned *count) {
    unsigned filled = 0;
    *count = 0;
    /* PRPs end where the data does; an SGL has an end of its own, which may be wrong. */
    while (filled < max && (pointer->is_sgl || pointer->remaining > 0)) {
        struct iovec piece;
        uint16_t status = pointer->is_sgl ? sgl_next(pointer, &piece) : prp_next(pointer, &piece);
        if (status != NVME_SUCCESS) {
            return status;
        }
        if (piece.iov_len == 0) {
            break;
        }
        struct iovec *last = filled == 0 ? NULL : &pieces[filled - 1];
        if (last != NULL && (char *)last->iov_base + last->iov_len == piece.iov_base) {
            last->iov_len += piece.iov_len;
        } else {
            pieces[filled++] = piece;
        }
    }
    *count = filled;
    return NVME_SUCCESS;
}
