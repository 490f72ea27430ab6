/* SPDX-License-Identifier: Apache-2.0 */

/*
 * End-to-end data protection (NVM, "End-to-end Data Protection"): 16b Guard protection information, eight
 * bytes of a block's metadata, which are made and checked as a command's PRINFO says.
 */
#ifndef EMBEDDED_DEVICE_PROTECTION_H
#define EMBEDDED_DEVICE_PROTECTION_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "device/medium.h"
#include "nvme_spec.h"

/* What a command says of the protection information of its blocks. */
struct protection {
    const struct namespace *ns;
    bool action; /* PRACT: insert, or strip, where there is nothing else in the metadata */
    uint8_t check;
    uint32_t reference_tag; /* of the first block */
    uint16_t application_tag;
    uint16_t application_mask;
};

/* enum nvme_status: NVME_INVALID_PROTECTION_INFORMATION where it doesn't go with the namespace's type. */
uint16_t protection_begin(struct protection *protection, const struct namespace *ns,
                          const struct nvme_sqe *sqe);

/* Whether the host's buffers hold no metadata, as all of it is inserted and stripped. */
static inline bool protection_is_controllers(const struct protection *protection) {
    return protection->action && protection->ns->metadata_size == NVME_PROTECTION_SIZE;
}

/* Where protection information is in a block's metadata. */
static inline uint32_t protection_offset(const struct namespace *ns) {
    assert(ns->metadata_size >= NVME_PROTECTION_SIZE);
    return ns->protection_first ? 0 : ns->metadata_size - NVME_PROTECTION_SIZE;
}

/* Makes the guard fit a block whose data has changed, unless the block isn't to be checked. */
void protection_mend_guard(const struct namespace *ns, const uint8_t *data, uint8_t *metadata);

/* Of the block that is `index` blocks after the command's first one. enum nvme_status. */
uint16_t protection_check(const struct protection *protection, uint64_t index, const uint8_t *data,
                          const uint8_t *metadata);
void protection_insert(const struct protection *protection, uint64_t index, const uint8_t *data,
                       uint8_t *metadata);

#endif
