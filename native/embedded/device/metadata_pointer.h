/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Separate metadata: the Metadata Pointer of a command, which is the address of one contiguous range
 * (Base, "Common Command Format", MPTR, with PSDT 00b and 01b).
 */
#ifndef EMBEDDED_DEVICE_METADATA_POINTER_H
#define EMBEDDED_DEVICE_METADATA_POINTER_H

#include "device/data_walk.h"

struct metadata_pointer {
    const struct iova_table *iova;
    uint64_t at; /* the next byte's address */
};

/* enum nvme_status. All of the memory is there when this succeeds. */
uint16_t metadata_pointer_begin(struct metadata_pointer *pointer,
                                const struct data_request *request, uint64_t length);

/* The field of the command for which that is NVME_INVALID_FIELD, as Error Information tells it. */
uint16_t metadata_pointer_error_location(const struct nvme_sqe *sqe);

/* The next `length` bytes to and from the host. enum nvme_status. */
uint16_t metadata_pointer_put(struct metadata_pointer *pointer, const void *from, uint64_t length);
uint16_t metadata_pointer_take(struct metadata_pointer *pointer, void *to, uint64_t length);

#endif
