/* SPDX-License-Identifier: Apache-2.0 */

#include "device/transfer.h"

#include <string.h>

/* Fills the batch; a full one may be the last one as well, which the next call then finds. */
static uint16_t fill(struct transfer *transfer) {
    uint16_t status =
        data_pointer_next(&transfer->after, transfer->pieces, TRANSFER_PIECES, &transfer->count);
    transfer->is_last = transfer->count < TRANSFER_PIECES;
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

uint16_t transfer_open(struct transfer *transfer, struct data_request *request) {
    request->sink = transfer->sink;
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
    return fill(transfer);
}

uint64_t transfer_bytes(const struct transfer *transfer) {
    uint64_t bytes = 0;
    for (unsigned i = 0; i < transfer->count; i++) {
        bytes += transfer->pieces[i].iov_len;
    }
    return bytes;
}

uint16_t transfer_send(struct transfer *transfer, const void *data, uint64_t size) {
    const uint8_t *from = data;
    uint16_t status = NVME_SUCCESS;
    for (;;) {
        for (unsigned i = 0; i < transfer->count; i++) {
            const struct iovec *piece = &transfer->pieces[i];
            const uint64_t copied = piece->iov_len < size ? piece->iov_len : size;
            memcpy(piece->iov_base, from, copied);
            memset((uint8_t *)piece->iov_base + copied, 0, piece->iov_len - copied);
            from += copied;
            size -= copied;
        }
        if (transfer->is_last || (status = transfer_advance(transfer)) != NVME_SUCCESS) {
            return status;
        }
    }
}

uint16_t transfer_receive(struct transfer *transfer, void *data) {
    uint8_t *to = data;
    uint16_t status = NVME_SUCCESS;
    for (;;) {
        for (unsigned i = 0; i < transfer->count; i++) {
            memcpy(to, transfer->pieces[i].iov_base, transfer->pieces[i].iov_len);
            to += transfer->pieces[i].iov_len;
        }
        if (transfer->is_last || (status = transfer_advance(transfer)) != NVME_SUCCESS) {
            return status;
        }
    }
}
