/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A command's data transfer: the pieces of host memory that its data pointer describes, a batch at a
 * time. Opening it walks the whole data pointer, so that a bad one is found before any data moves.
 */
#ifndef EMBEDDED_DEVICE_TRANSFER_H
#define EMBEDDED_DEVICE_TRANSFER_H

#include "device/data_pointer.h"

#define TRANSFER_PIECES 64

struct transfer {
    struct iovec pieces[TRANSFER_PIECES];
    unsigned count;            /* pieces in this batch */
    bool is_last;              /* nothing comes after this batch */
    uint32_t piece;            /* where the stream is: in this piece ... */
    uint32_t offset;           /* ... so many bytes into it ... */
    uint64_t left;             /* ... and so many before the end of the transfer */
    struct data_pointer after; /* where the next batch begins */
    uint8_t sink[NVME_PAGE_SIZE];
};

/* enum nvme_status. Afterwards the first batch is there. `request->sink` is filled in. */
uint16_t transfer_open(struct transfer *transfer, struct data_request *request);

/*
 * Goes to the next batch. Can fail, though the data pointer was good, where the host changes a list or
 * unmaps memory meanwhile.
 */
uint16_t transfer_advance(struct transfer *transfer);

/* Whether some of the memory may vanish, so that the stream alone may touch it. */
static inline bool transfer_may_vanish(const struct transfer *transfer) {
    return transfer->after.may_vanish;
}

/* Bytes in this batch. */
uint64_t transfer_bytes(const struct transfer *transfer);

/*
 * The stream: copies the next `length` bytes to or from the host, from batch to batch, by itself. There
 * are as many left. enum nvme_status.
 */
uint16_t transfer_put(struct transfer *transfer, const void *from, uint64_t length);
uint16_t transfer_take(struct transfer *transfer, void *to, uint64_t length);

/* Sends all of an open transfer; past `size` bytes, zeroes. */
uint16_t transfer_send(struct transfer *transfer, const void *data, uint64_t size);

#endif
