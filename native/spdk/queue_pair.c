/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The data path. Nothing here allocates, logs or takes a lock, but for the steps that a failure or a
 * caller with too little room for completions takes, which are in owed.h, completion.c and
 * queue_pair_end.c.
 */
#include <assert.h>
#include <errno.h>

#include "completion.h"
#include "queue_pair_end.h"

#define PSDT_SHIFT 6
#define PSDT_PRP 0

static inline struct n4j_spdk_slot *take_slot(struct n4j_spdk_qpair *qpair, uint64_t tag) {
    struct n4j_spdk_slot *slot = qpair->free;
    assert(slot != NULL && !slot->busy);
    qpair->free = slot->next_free;
    qpair->in_flight++;
    slot->tag = tag;
    slot->busy = true;
    return slot;
}

/* SPDK says so of commands in flight when the connection, or the queue pair, ends. */
static inline bool is_made_up(const struct spdk_nvme_cpl *cpl) {
    return cpl->status.sct == SPDK_NVME_SCT_GENERIC &&
           cpl->status.sc == SPDK_NVME_SC_ABORTED_SQ_DELETION;
}

/* 0, or the errno of a record that can't be submitted as it is. */
static inline int check(const struct n4j_spdk_qpair *qpair, const n4j_submission *submission) {
    const uint32_t form = submission->data_form;
    if (spdk_unlikely(qpair->free == NULL)) {
        return -EBUSY;
    }
    if (spdk_unlikely(!n4j_spdk_takes_form(qpair->data_forms, form))) {
        return -EINVAL;
    }
    /* SPDK does not check raw commands; a fabrics target would end the connection. */
    if (spdk_unlikely(submission->data_length > qpair->max_transfer)) {
        return -EINVAL;
    }
    if (form == N4J_DATA_PRP && spdk_unlikely(submission->flags >> PSDT_SHIFT != PSDT_PRP)) {
        return -EINVAL;
    }
    if (form == N4J_DATA_CONTIGUOUS && spdk_unlikely(n4j_spdk_lacks_data(submission))) {
        return -EINVAL;
    }
    if (spdk_unlikely(submission->metadata != 0)) {
        int code = n4j_spdk_metadata_check(qpair->ctrlr, submission);
        if (code != 0) {
            return code;
        }
    }
    return form == N4J_DATA_FRAGMENTS ? n4j_spdk_fragments_check(qpair->ctrlr, submission) : 0;
}

/* SPDK copies the command, which is the record's first 64 bytes. */
static inline int hand_over(struct n4j_spdk_qpair *qpair, const n4j_submission *submission,
                            struct n4j_spdk_slot *slot) {
    struct spdk_nvme_ctrlr *ctrlr = qpair->ctrlr->spdk;
    struct spdk_nvme_cmd *command = (struct spdk_nvme_cmd *)(uintptr_t)submission;
    void *metadata = (void *)(uintptr_t)submission->metadata;
    void *data = NULL;
    uint32_t length = 0;
    switch (submission->data_form) {
    case N4J_DATA_FRAGMENTS:
        slot->fragments = (const n4j_fragment *)(uintptr_t)submission->data;
        slot->fragments_end = slot->fragments + submission->fragment_count;
        return spdk_nvme_ctrlr_cmd_iov_raw_with_md(
            ctrlr, qpair->spdk, command, submission->data_length, metadata, n4j_spdk_complete, slot,
            n4j_spdk_fragments_reset, n4j_spdk_fragments_next);
    case N4J_DATA_CONTIGUOUS:
        data = (void *)(uintptr_t)submission->data;
        length = submission->data_length;
        break;
    default: /* without payload, the command keeps the data pointer that it has */
        metadata = NULL;
        break;
    }
    return spdk_nvme_ctrlr_cmd_io_raw_with_md(ctrlr, qpair->spdk, command, data, length, metadata,
                                              n4j_spdk_complete, slot);
}

static inline void submit(struct n4j_spdk_qpair *qpair, const n4j_submission *submission) {
    int code = check(qpair, submission);
    if (spdk_unlikely(code != 0)) {
        n4j_spdk_write_error(qpair, submission->tag, code);
        return;
    }
    struct n4j_spdk_slot *slot = take_slot(qpair, submission->tag);
    code = hand_over(qpair, submission, slot);
    /* Some failures call back as well, and have freed the slot. */
    if (spdk_unlikely(code != 0) && slot->busy) {
        n4j_spdk_complete_error(slot, code);
    }
}

/* Has commands on standby take the places of those that have completed. */
static void relieve(struct n4j_spdk_qpair *qpair) {
    qpair->is_relieving = true;
    while (qpair->free != NULL && qpair->standby.count > 0) {
        const n4j_submission *submission = n4j_standby_first(&qpair->standby);
        n4j_standby_drop(&qpair->standby);
        submit(qpair, submission);
    }
    qpair->is_relieving = false;
}

void n4j_spdk_complete(void *argument, const struct spdk_nvme_cpl *cpl) {
    struct n4j_spdk_slot *slot = argument;
    struct n4j_spdk_qpair *qpair = slot->qpair;
    if (spdk_unlikely(!slot->busy)) {
        return; /* told of already: each command completes once, whatever SPDK does */
    }
    if (spdk_unlikely(is_made_up(cpl))) {
        n4j_spdk_complete_error(slot, -ENXIO);
        return;
    }
    *n4j_spdk_next_record(qpair) = (n4j_completion){
        .tag = slot->tag, .cdw0 = cpl->cdw0, .status = n4j_spdk_status(cpl), .error = 0};
    n4j_spdk_free_slot(slot);
    if (qpair->standby.count > 0 && !qpair->is_relieving) {
        relieve(qpair);
    }
}

/* Submits a command, or has it wait for another's place. */
static inline void take(struct n4j_spdk_qpair *qpair, const n4j_submission *submission) {
    if (qpair->free != NULL || !n4j_standby_put(&qpair->standby, submission)) {
        submit(qpair, submission);
    }
}

/* Rings the doorbell and reaps; below 0 when the queue pair has failed. */
static inline int reap(struct n4j_spdk_qpair *qpair) {
    if (spdk_unlikely(atomic_load_explicit(&qpair->ctrlr->failed, memory_order_acquire))) {
        return -ENXIO;
    }
    uint32_t room = (uint32_t)(qpair->end - qpair->next);
    /* 0 would mean "all"; the doorbell is rung in here in any case. */
    return spdk_nvme_qpair_process_completions(qpair->spdk, spdk_likely(room > 0) ? room : 1);
}

/* A queue pair that has failed: hands over what is left, then says so. */
static int process_failed(struct n4j_spdk_qpair *qpair, const n4j_submission *submissions,
                          uint32_t count, const n4j_completion *completions) {
    for (uint32_t i = 0; i < count; i++) {
        n4j_spdk_write_error(qpair, submissions[i].tag, -ENXIO);
    }
    int written = (int)(qpair->next - completions);
    return written > 0 || qpair->owed.count > 0 ? written : -ENXIO;
}

int n4j_spdk_process(struct n4j_qpair *base, const n4j_submission *submissions, uint32_t count,
                     n4j_completion *completions, uint32_t max) {
    struct n4j_spdk_qpair *qpair = (struct n4j_spdk_qpair *)base;
    if (n4j_owed_reserve(&qpair->owed, count) != 0) {
        return -ENOMEM;
    }
    qpair->next = completions + n4j_owed_take(&qpair->owed, completions, max);
    qpair->end = completions + max;
    if (spdk_unlikely(qpair->spdk == NULL)) {
        return process_failed(qpair, submissions, count, completions);
    }
    if (spdk_unlikely(qpair->standby.count > 0 && qpair->free != NULL)) {
        relieve(qpair); /* what completed outside of a poll, or as if the queue were deleted */
    }
    for (uint32_t i = 0; i < count; i++) {
        take(qpair, &submissions[i]);
    }
    if (spdk_unlikely(reap(qpair) < 0) && n4j_spdk_qpair_give_up(qpair)) {
        return process_failed(qpair, NULL, 0, completions);
    }
    return (int)(qpair->next - completions);
}
