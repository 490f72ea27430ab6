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

/* Bytes in this batch. */
uint64_t transfer_bytes(const struct transfer *transfer);

/* Copies all of an open transfer; past `size` bytes, zeroes are sent. */
uint16_t transfer_send(struct transfer *transfer, const void *data, uint64_t size);
uint16_t transfer_receive(struct transfer *transfer, void *data);

#endif
