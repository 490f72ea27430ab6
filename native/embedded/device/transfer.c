/* SPDX-License-Identifier: Apache-2.0 */

#include "device/transfer.h"

#include <assert.h>

#include "device/vanishing.h"

/* Fills the batch; a full one may be the last one as well, which the next call then finds. */
static uint16_t fill(struct transfer *transfer) {
    uint16_t status =
        data_pointer_next(&transfer->after, transfer->pieces, TRANSFER_PIECES, &transfer->count);
    transfer->is_last = transfer->count < TRANSFER_PIECES;
    transfer->piece = 0;
    transfer->offset = 0;
    return status;
}

/* Walks what comes after the first batch to its end. */
static uint16_t check_rest(const struct transfer *transfer) {
    struct data_pointer rest = transfer->after;
    struct iovec pieces[TRANSFER_PIECES];
    unsigned count = TRANSFER_PIECES;
    uint16_t status = NVME_SUCCESS;
    while (status == NVME_SUCCESS && count == TRANSFER_PIECES) {
        status = data_pointer_next(&rest, pieces, TRANSFER_PIECES, &count);
    }
    return status;
}

/* Opens what lies in one page that a PRP names, as most does, without a walk. False: it is not so. */
static bool open_page(struct transfer *transfer, const struct data_request *request) {
    const uint64_t prp1 = request->sqe->prp1;
    if (NVME_PSDT(request->sqe->flags) != NVME_PSDT_PRP || !prp_is_in_page(prp1, request->length)) {
        return false;
    }
    const struct iova_memory memory = iova_find(request->iova, prp1);
    if (memory.address == NULL) {
        return false; /* the walk tells what is wrong */
    }
    transfer->pieces[0] = (struct iovec){memory.address, request->length};
    transfer->count = 1;
    transfer->is_last = true;
    transfer->piece = 0;
    transfer->offset = 0;
    transfer->after.may_vanish = memory.may_vanish;
    return true;
}

uint16_t transfer_open(struct transfer *transfer, struct data_request *request) {
    request->sink = transfer->sink;
    transfer->left = request->length;
    if (open_page(transfer, request)) {
        return NVME_SUCCESS;
    }
    uint16_t status = data_pointer_begin(&transfer->after, request);
    if (status == NVME_SUCCESS) {
        status = fill(transfer);
    }
    if (status == NVME_SUCCESS && !transfer->is_last) {
        status = check_rest(transfer);
    }
    return status;
}

uint16_t transfer_advance(struct transfer *transfer) {
    assert(!transfer->is_last);
    return fill(transfer);
}

uint64_t transfer_bytes(const struct transfer *transfer) {
    uint64_t bytes = 0;
    for (unsigned i = 0; i < transfer->count; i++) {
        bytes += transfer->pieces[i].iov_len;
    }
    return bytes;
}

/* `local` is this side's memory, `direction` which way it goes. */
static uint16_t stream(struct transfer *transfer, uint8_t *local, uint64_t length,
                       enum data_direction direction) {
    assert(length <= transfer->left);
    transfer->left -= length;
    while (length > 0) {
        if (transfer->piece == transfer->count) {
            uint16_t status = transfer_advance(transfer);
            if (status != NVME_SUCCESS) {
                return status;
            }
        }
        const struct iovec *piece = &transfer->pieces[transfer->piece];
        uint8_t *host = (uint8_t *)piece->iov_base + transfer->offset;
        const uint64_t room = piece->iov_len - transfer->offset;
        const uint32_t part = (uint32_t)(length < room ? length : room);
        const bool may_vanish = transfer_may_vanish(transfer);
        if (!(direction == DATA_TO_HOST ? host_write(host, local, part, may_vanish)
                                        : host_read(local, host, part, may_vanish))) {
            return NVME_DATA_TRANSFER_ERROR;
        }
        local += part;
        length -= part;
        transfer->offset += part;
        if (part == room) {
            transfer->piece++;
            transfer->offset = 0;
        }
    }
    return NVME_SUCCESS;
}

uint16_t transfer_put(struct transfer *transfer, const void *from, uint64_t length) {
    return stream(transfer, (uint8_t *)from, length, DATA_TO_HOST);
}

uint16_t transfer_take(struct transfer *transfer, void *to, uint64_t length) {
    return stream(transfer, to, length, DATA_FROM_HOST);
}

uint16_t transfer_send(struct transfer *transfer, const void *data, uint64_t size) {
    static const uint8_t zeroes[NVME_PAGE_SIZE];
    uint16_t status = transfer_put(transfer, data, size < transfer->left ? size : transfer->left);
    while (status == NVME_SUCCESS && transfer->left > 0) {
        const uint64_t part = transfer->left < sizeof(zeroes) ? transfer->left : sizeof(zeroes);
        status = transfer_put(transfer, zeroes, part);
    }
    return status;
}
