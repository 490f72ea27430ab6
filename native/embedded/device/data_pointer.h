/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A walk over the memory that a command's data pointer describes, in order, page by page: PRPs
 * (prp.c) or an SGL (sgl.c). It finds every error that there is in a data pointer, and touches no
 * memory but lists.
 */
#ifndef EMBEDDED_DEVICE_DATA_POINTER_H
#define EMBEDDED_DEVICE_DATA_POINTER_H

#include "device/data_walk.h"

/* All return enum nvme_status. */
uint16_t data_pointer_begin(struct data_pointer *pointer, const struct data_request *request);

/*
 * Hands out up to `max` pieces of memory; neighbours are merged. Fewer than `max` are the last ones: the
 * end of the data pointer has been checked, too.
 */
uint16_t data_pointer_next(struct data_pointer *pointer, struct iovec *pieces, unsigned max,
                           unsigned *count);

/*
 * The field of the command for which a walk failed, as Error Information tells it; none where the memory
 * is missing that a good pointer names.
 */
uint16_t data_pointer_error_location(const struct nvme_sqe *sqe, uint16_t status);

#endif
