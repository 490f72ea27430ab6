/* SPDX-License-Identifier: Apache-2.0 */

/* The SPDK transport's data path with an SPDK that calls back as it should not. */
#include <errno.h>

#include "check.h"
#include "completion.h"
#include "queue_pair_end.h"

#define DEPTH 4
#define BACKLOG 64

/* ---- what the data path needs of SPDK, and of the files beside it ---- */

static void *slots[BACKLOG]; /* of commands that were submitted */
static uint32_t submitted;
static unsigned calls_at_once; /* of the callback, within a submission */
static unsigned calls_later;   /* of the callback, for each command, when it is polled */
static int result;             /* of a submission */

static void call_back(void *slot, unsigned times) {
    const struct spdk_nvme_cpl cpl = {.cdw0 = 0};
    for (unsigned i = 0; i < times; i++) {
        n4j_spdk_complete(slot, &cpl);
    }
}

static int take(void *slot) {
    CHECK(submitted < BACKLOG);
    slots[submitted++] = slot;
    call_back(slot, calls_at_once);
    return result;
}

int spdk_nvme_ctrlr_cmd_io_raw_with_md(struct spdk_nvme_ctrlr *ctrlr, struct spdk_nvme_qpair *qpair,
                                       struct spdk_nvme_cmd *cmd, void *buf, uint32_t len,
                                       void *md_buf, spdk_nvme_cmd_cb cb_fn, void *cb_arg) {
    (void)ctrlr, (void)qpair, (void)cmd, (void)buf, (void)len, (void)md_buf, (void)cb_fn;
    return take(cb_arg);
}

int spdk_nvme_ctrlr_cmd_iov_raw_with_md(struct spdk_nvme_ctrlr *ctrlr,
                                        struct spdk_nvme_qpair *qpair, struct spdk_nvme_cmd *cmd,
                                        uint32_t len, void *md_buf, spdk_nvme_cmd_cb cb_fn,
                                        void *cb_arg, spdk_nvme_req_reset_sgl_cb reset_sgl_fn,
                                        spdk_nvme_req_next_sge_cb next_sge_fn) {
    (void)ctrlr, (void)qpair, (void)cmd, (void)len, (void)md_buf, (void)cb_fn;
    (void)reset_sgl_fn, (void)next_sge_fn;
    return take(cb_arg);
}

int32_t spdk_nvme_qpair_process_completions(struct spdk_nvme_qpair *qpair,
                                            uint32_t max_completions) {
    (void)qpair, (void)max_completions;
    const uint32_t count = submitted;
    for (uint32_t i = 0; i < count; i++) {
        call_back(slots[i], calls_later);
    }
    submitted -= calls_later > 0 ? count : 0;
    return 0;
}

bool n4j_spdk_qpair_give_up(struct n4j_spdk_qpair *qpair) {
    (void)qpair;
    return false;
}

int n4j_spdk_fragments_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    (void)ctrlr, (void)submission;
    return 0;
}

void n4j_spdk_fragments_reset(void *slot, uint32_t offset) {
    (void)slot, (void)offset;
}

int n4j_spdk_fragments_next(void *slot, void **address, uint32_t *length) {
    (void)slot, (void)address, (void)length;
    return 0;
}

int n4j_spdk_metadata_check(const struct n4j_spdk_ctrlr *ctrlr, const n4j_submission *submission) {
    (void)ctrlr, (void)submission;
    return 0;
}

/* ---- a queue pair ---- */

static struct n4j_spdk_ctrlr controller;
static n4j_completion owed[BACKLOG];

static struct n4j_spdk_qpair *open_qpair(void) {
    struct n4j_spdk_qpair *qpair = calloc(1, sizeof(*qpair) + DEPTH * sizeof(qpair->slots[0]));
    CHECK(qpair != NULL);
    qpair->ctrlr = &controller;
    qpair->spdk = (struct spdk_nvme_qpair *)(void *)qpair; /* there is one; nobody looks */
    qpair->depth = DEPTH;
    qpair->max_transfer = 4096;
    qpair->data_forms = N4J_SPDK_DATA_FORMS;
    qpair->owed = (struct n4j_owed){.records = owed, .capacity = BACKLOG, .room = BACKLOG - DEPTH};
    for (uint32_t i = 0; i < DEPTH; i++) {
        qpair->slots[i].qpair = qpair;
        qpair->slots[i].next_free = qpair->free;
        qpair->free = &qpair->slots[i];
    }
    submitted = 0;
    calls_at_once = 0;
    calls_later = 1;
    result = 0;
    return qpair;
}

/* Submits that many commands, and has to get one completion of each, with this errno. */
static void run(struct n4j_spdk_qpair *qpair, uint32_t count, uint16_t error) {
    n4j_submission submissions[DEPTH] = {0};
    n4j_completion completions[2 * DEPTH];
    unsigned seen[DEPTH] = {0};
    for (uint32_t i = 0; i < count; i++) {
        submissions[i] = (n4j_submission){.tag = i, .data_form = N4J_DATA_NONE};
    }
    CHECK_EQUAL(count, n4j_spdk_process(&qpair->base, submissions, count, completions, 2 * DEPTH));
    for (uint32_t i = 0; i < count; i++) {
        CHECK_EQUAL(error, completions[i].error);
        CHECK_EQUAL(0, seen[completions[i].tag]++);
    }
    CHECK_EQUAL(0, n4j_spdk_process(&qpair->base, NULL, 0, completions, 2 * DEPTH));
    CHECK_EQUAL(0, qpair->in_flight);
}

static void check_all_slots_are_there(struct n4j_spdk_qpair *qpair) {
    calls_at_once = 0;
    calls_later = 1;
    result = 0;
    for (int round = 0; round < 2; round++) {
        run(qpair, DEPTH, 0);
    }
    free(qpair);
}

static void a_command_that_is_called_back_twice_completes_once(void) {
    struct n4j_spdk_qpair *qpair = open_qpair();
    calls_later = 2;
    run(qpair, 1, 0);
    run(qpair, DEPTH, 0);
    check_all_slots_are_there(qpair);
}

static void a_submission_that_fails_completes_once_called_back_or_not(void) {
    for (unsigned calls = 0; calls <= 2; calls++) {
        struct n4j_spdk_qpair *qpair = open_qpair();
        result = -EFAULT;
        calls_at_once = calls;
        calls_later = 0;
        run(qpair, 1, calls == 0 ? EFAULT : 0);
        submitted = 0;
        check_all_slots_are_there(qpair);
    }
}

static void a_callback_of_what_was_never_submitted_is_nobodys(void) {
    struct n4j_spdk_qpair *qpair = open_qpair();
    call_back(&qpair->slots[0], 1);
    check_all_slots_are_there(qpair);
}

int main(void) {
    RUN(a_command_that_is_called_back_twice_completes_once);
    RUN(a_submission_that_fails_completes_once_called_back_or_not);
    RUN(a_callback_of_what_was_never_submitted_is_nobodys);
    return 0;
}
