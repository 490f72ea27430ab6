/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Data in fragments: what has to hold before SPDK sees them, and the walk that it makes over them. It
 * builds PRPs or an SGL of them, and checks with assertions alone, so that a release build would move
 * data to the wrong place.
 */
#include <errno.h>

#include "completion.h"

static const n4j_fragment *fragments_of(const n4j_submission *submission) {
    return (const n4j_fragment *)(uintptr_t)submission->data;
}

/* Whether all are there and make up the data of the command. */
static bool is_complete(const n4j_submission *submission) {
    const n4j_fragment *fragments = fragments_of(submission);
    uint64_t left = submission->data_length;
    for (uint32_t i = 0; i < submission->fragment_count; i++) {
        const uint64_t length = fragments[i].length;
        if (length == 0 || length > left || fragments[i].address > UINT64_MAX - length) {
            return false;
        }
        left -= length;
    }
    return left == 0;
}

/* Whether each page is full but for the first one's beginning and the last one's end. */
static bool suits_prps(const n4j_submission *submission, uint64_t page_size) {
    const n4j_fragment *fragments = fragments_of(submission);
    const uint64_t mask = page_size - 1;
    const uint32_t last = submission->fragment_count - 1;
    for (uint32_t i = 0; i <= last; i++) {
        const bool begins_inside = (fragments[i].address & mask) != 0;
        const bool ends_inside = ((fragments[i].address + fragments[i].length) & mask) != 0;
        if ((i > 0 && begins_inside) || (i < last && ends_inside)) {
            return false;
        }
    }
    return (fragments[0].address & 3) == 0;
}

int n4j_spdk_fragments_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    const uint32_t count = submission->fragment_count;
    if (count == 0 || count > ctrlr->limits.max_fragments || submission->data == 0 ||
        !is_complete(submission)) {
        return -EINVAL;
    }
    /* SPDK knows drives that can't have an SGL with this command, and does not say which. */
    const bool may_be_prps =
        ctrlr->has_doorbells &&
        (!ctrlr->has_sgls || submission->opc == SPDK_NVME_OPC_DATASET_MANAGEMENT);
    return !may_be_prps || suits_prps(submission, ctrlr->limits.page_size) ? 0 : -EINVAL;
}

void n4j_spdk_fragments_reset(void *argument, uint32_t offset) {
    struct n4j_spdk_slot *slot = argument;
    slot->fragment = slot->fragments;
    slot->fragment_offset = offset;
    while (slot->fragment < slot->fragments_end &&
           slot->fragment_offset >= slot->fragment->length) {
        slot->fragment_offset -= slot->fragment->length;
        slot->fragment++;
    }
}

int n4j_spdk_fragments_next(void *argument, void **address, uint32_t *length) {
    struct n4j_spdk_slot *slot = argument;
    if (slot->fragment == slot->fragments_end) {
        return -EINVAL;
    }
    *address = (void *)(uintptr_t)(slot->fragment->address + slot->fragment_offset);
    *length = (uint32_t)(slot->fragment->length - slot->fragment_offset);
    slot->fragment++;
    slot->fragment_offset = 0;
    return 0;
}
