/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Scatter Gather Lists (Base, "Scatter Gather List"). SGL1, in the command, is a data block, a bit
 * bucket, or points at a segment. The last descriptor of a segment that isn't the last one points at
 * the next segment; no other descriptor does.
 */
#include "device/data_walk.h"

/* Ends the walk of a list that bites its own tail; no transfer needs so many. */
#define DESCRIPTORS_MAX 65536u

static uint16_t enter_segment(struct sgl_walk *sgl, const struct nvme_sgl_descriptor *descriptor) {
    const uint32_t length = NVME_SGL_LENGTH(descriptor->rest);
    if (length == 0 || length % NVME_SGL_DESCRIPTOR_SIZE != 0 ||
        (descriptor->address & QWORD_MASK) != 0) {
        return NVME_INVALID_SGL_SEGMENT_DESCRIPTOR;
    }
    list_reader_seek(&sgl->segment, descriptor->address);
    sgl->left = length / NVME_SGL_DESCRIPTOR_SIZE;
    sgl->is_last = NVME_SGL_TYPE(descriptor->rest) == NVME_SGL_LAST_SEGMENT;
    return NVME_SUCCESS;
}

static uint16_t enter_block(struct sgl_walk *sgl, const struct nvme_sgl_descriptor *descriptor) {
    const uint32_t length = NVME_SGL_LENGTH(descriptor->rest);
    sgl->is_bucket = NVME_SGL_TYPE(descriptor->rest) == NVME_SGL_BIT_BUCKET;
    if (!sgl->is_bucket && sgl->dword_only && ((descriptor->address | length) & DWORD_MASK) != 0) {
        return NVME_SGL_DATA_BLOCK_GRANULARITY_INVALID;
    }
    /* A segment that is not the last one ends with the descriptor of the next. */
    if (sgl->left == 0 && !sgl->is_last) {
        return NVME_INVALID_SGL_SEGMENT_DESCRIPTOR;
    }
    sgl->block = sgl->is_bucket ? 0 : descriptor->address;
    sgl->block_left = sgl->is_bucket && sgl->ignore_buckets ? 0 : length;
    return NVME_SUCCESS;
}

static uint16_t take_descriptor(struct sgl_walk *sgl,
                                const struct nvme_sgl_descriptor *descriptor) {
    /* Subtype 0h, address, is the only one that is supported. */
    if (NVME_SGL_SUBTYPE(descriptor->rest) != 0) {
        return NVME_SGL_DESCRIPTOR_TYPE_INVALID;
    }
    if (++sgl->descriptors > DESCRIPTORS_MAX) {
        return NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS;
    }
    switch (NVME_SGL_TYPE(descriptor->rest)) {
    case NVME_SGL_DATA_BLOCK:
    case NVME_SGL_BIT_BUCKET:
        return enter_block(sgl, descriptor);
    case NVME_SGL_SEGMENT:
    case NVME_SGL_LAST_SEGMENT:
        if (sgl->is_last) {
            return NVME_INVALID_SGL_SEGMENT_DESCRIPTOR;
        }
        return sgl->left != 0 ? NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS
                              : enter_segment(sgl, descriptor);
    default:
        return NVME_SGL_DESCRIPTOR_TYPE_INVALID;
    }
}

static uint16_t read_descriptor(struct sgl_walk *sgl) {
    struct nvme_sgl_descriptor descriptor;
    if (!list_reader_next(&sgl->segment, &descriptor.address) ||
        !list_reader_next(&sgl->segment, &descriptor.rest)) {
        return NVME_DATA_TRANSFER_ERROR;
    }
    sgl->left--;
    return take_descriptor(sgl, &descriptor);
}

uint16_t sgl_begin(struct data_pointer *pointer, const struct data_request *request) {
    struct sgl_walk *sgl = &pointer->sgl;
    *sgl = (struct sgl_walk){
        .segment.iova = request->iova,
        .dword_only = request->sgl_support == SGL_DWORD,
        .ignore_buckets = request->direction == DATA_FROM_HOST,
        .sink = request->sink,
    };
    const struct nvme_sgl_descriptor sgl1 = {request->sqe->prp1, request->sqe->prp2};
    const uint32_t type = NVME_SGL_TYPE(sgl1.rest);
    /* A data block in the command is the only descriptor, so the end of the last segment. */
    sgl->is_last = type == NVME_SGL_DATA_BLOCK || type == NVME_SGL_BIT_BUCKET;
    return take_descriptor(sgl, &sgl1);
}

/* The piece at the beginning of the current block, within one page. */
static uint16_t take_piece(struct data_pointer *pointer, struct iovec *piece) {
    struct sgl_walk *sgl = &pointer->sgl;
    const uint32_t room = NVME_PAGE_SIZE - (uint32_t)(sgl->block & NVME_PAGE_MASK);
    const uint32_t length = sgl->block_left < room ? sgl->block_left : room;
    if (length > pointer->remaining) {
        /* Too long, and SGLS doesn't say that such are supported. */
        return NVME_DATA_SGL_LENGTH_INVALID;
    }
    piece->iov_base = sgl->is_bucket ? sgl->sink : data_pointer_memory(pointer, sgl->block);
    if (piece->iov_base == NULL) {
        return NVME_DATA_TRANSFER_ERROR;
    }
    piece->iov_len = length;
    sgl->block += length;
    sgl->block_left -= length;
    pointer->remaining -= length;
    return NVME_SUCCESS;
}

uint16_t sgl_next(struct data_pointer *pointer, struct iovec *piece) {
    struct sgl_walk *sgl = &pointer->sgl;
    piece->iov_len = 0;
    while (sgl->block_left == 0) {
        if (sgl->left == 0) {
            return pointer->remaining == 0 ? NVME_SUCCESS : NVME_DATA_SGL_LENGTH_INVALID;
        }
        uint16_t status = read_descriptor(sgl);
        if (status != NVME_SUCCESS) {
            return status;
        }
    }
    return take_piece(pointer, piece);
}
