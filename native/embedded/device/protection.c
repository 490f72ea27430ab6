/* SPDX-License-Identifier: Apache-2.0 */

#include "device/protection.h"

#include "device/crc16.h"

#define TAG_OF_NO_CHECK 0xffffu
#define REFERENCE_OF_NO_CHECK 0xffffffffu

/* Protection information is big-endian. */
struct tuple {
    uint16_t guard;
    uint16_t application_tag;
    uint32_t reference_tag;
};

static uint16_t get16(const uint8_t *at) {
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static struct tuple get_tuple(const struct namespace *ns, const uint8_t *metadata) {
    const uint8_t *at = metadata + protection_offset(ns);
    return (struct tuple){get16(at), get16(at + 2), (uint32_t)get16(at + 4) << 16 | get16(at + 6)};
}

/* Of the data, and of the metadata that comes before the protection information. */
static uint16_t guard_of(const struct namespace *ns, const uint8_t *data, const uint8_t *metadata) {
    const uint16_t crc = crc16_t10dif(0, data, ns->block_size);
    return crc16_t10dif(crc, metadata, protection_offset(ns));
}

/* The computed reference tag; it rolls over. Of type 3 it is the same for all blocks. */
static uint32_t reference_of(const struct protection *protection, uint64_t index) {
    return protection->reference_tag + (protection->ns->protection_type == 3 ? 0 : (uint32_t)index);
}

uint16_t protection_begin(struct protection *protection, const struct namespace *ns,
                          const struct nvme_sqe *sqe) {
    *protection = (struct protection){.ns = ns};
    if (ns->protection_type == 0) {
        return NVME_SUCCESS; /* PRINFO is ignored */
    }
    protection->action = NVME_PRACT(sqe->cdw12) != 0;
    protection->check = NVME_PRCHK(sqe->cdw12);
    protection->reference_tag = sqe->cdw14;
    protection->application_tag = (uint16_t)sqe->cdw15;
    protection->application_mask = (uint16_t)(sqe->cdw15 >> 16);
    const bool checks_reference = (protection->check & NVME_PRCHK_REFERENCE) != 0;
    if (checks_reference &&
        (ns->protection_type == 3 || (ns->protection_type == 1 && sqe->cdw14 != sqe->cdw10))) {
        return NVME_INVALID_PROTECTION_INFORMATION;
    }
    /* Compare neither inserts nor strips. */
    return protection->action && sqe->opc == NVME_COMPARE ? NVME_INVALID_PROTECTION_INFORMATION
                                                          : NVME_SUCCESS;
}

static bool is_unchecked(const struct namespace *ns, const struct tuple *tuple) {
    return tuple->application_tag == TAG_OF_NO_CHECK &&
           (ns->protection_type != 3 || tuple->reference_tag == REFERENCE_OF_NO_CHECK);
}

uint16_t protection_check(const struct protection *protection, uint64_t index, const uint8_t *data,
                          const uint8_t *metadata) {
    const struct namespace *ns = protection->ns;
    if (protection->check == 0) {
        return NVME_SUCCESS;
    }
    const struct tuple tuple = get_tuple(ns, metadata);
    if (is_unchecked(ns, &tuple)) {
        return NVME_SUCCESS;
    }
    if ((protection->check & NVME_PRCHK_GUARD) != 0 &&
        tuple.guard != guard_of(ns, data, metadata)) {
        return NVME_GUARD_CHECK_ERROR;
    }
    if ((protection->check & NVME_PRCHK_APPLICATION) != 0 &&
        ((tuple.application_tag ^ protection->application_tag) & protection->application_mask) !=
            0) {
        return NVME_APPLICATION_TAG_CHECK_ERROR;
    }
    if ((protection->check & NVME_PRCHK_REFERENCE) != 0 &&
        tuple.reference_tag != reference_of(protection, index)) {
        return NVME_REFERENCE_TAG_CHECK_ERROR;
    }
    return NVME_SUCCESS;
}

void protection_mend_guard(const struct namespace *ns, const uint8_t *data, uint8_t *metadata) {
    const struct tuple tuple = get_tuple(ns, metadata);
    if (!is_unchecked(ns, &tuple)) {
        put16(metadata + protection_offset(ns), guard_of(ns, data, metadata));
    }
}

void protection_insert(const struct protection *protection, uint64_t index, const uint8_t *data,
                       uint8_t *metadata) {
    const struct namespace *ns = protection->ns;
    const uint32_t reference = reference_of(protection, index);
    uint8_t *at = metadata + protection_offset(ns);
    put16(at, guard_of(ns, data, metadata));
    put16(at + 2, protection->application_tag);
    put16(at + 4, reference >> 16);
    put16(at + 6, reference);
}
