/* SPDX-License-Identifier: Apache-2.0 */

/* Creating, deleting and overrunning queues, without a driver in between. */
#include "bare_device.h"
#include "check.h"

static void completion_queue_creation_is_checked(void) {
    struct bare_device bare = bare_open("", true);
    const uint64_t good = bare.page_iova;
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_cq(&bare, 0, 8, good));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_cq(&bare, 65, 8, good));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_cq(&bare, 0xffff, 8, good));
    CHECK_EQUAL(NVME_INVALID_QUEUE_SIZE, bare_create_cq(&bare, 1, 1, good));
    CHECK_EQUAL(NVME_INVALID_QUEUE_SIZE, bare_create_cq(&bare, 1, 4097, good));
    CHECK_EQUAL(NVME_PRP_OFFSET_INVALID, bare_create_cq(&bare, 1, 8, good + 16));
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, bare_create_cq(&bare, 1, 8, 0x777000));
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, bare_create_cq(&bare, 1, 4096, good));
    struct nvme_sqe sqe = {.opc = NVME_CREATE_IO_CQ, .prp1 = good, .cdw10 = 1 | 7 << 16};
    CHECK_EQUAL(NVME_INVALID_FIELD, bare_admin(&bare, sqe).status); /* not contiguous */
    sqe.cdw11 = NVME_QUEUE_PC | NVME_CQ_IEN | 65 << 16;
    CHECK_EQUAL(NVME_INVALID_INTERRUPT_VECTOR, bare_admin(&bare, sqe).status);
    sqe.cdw11 = NVME_QUEUE_PC | NVME_CQ_IEN | 64 << 16;
    CHECK_EQUAL(NVME_SUCCESS, bare_admin(&bare, sqe).status);
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_cq(&bare, 1, 8, good));
    bare_close(&bare);
}

static void submission_queue_creation_is_checked(void) {
    struct bare_device bare = bare_open("", true);
    const uint64_t good = bare.page_iova;
    CHECK_EQUAL(NVME_COMPLETION_QUEUE_INVALID, bare_create_sq(&bare, 1, 8, good, 1));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 8, good));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_sq(&bare, 0, 8, good, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_sq(&bare, 65, 8, good, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_sq(&bare, 1, 8, good, 0));
    CHECK_EQUAL(NVME_INVALID_QUEUE_SIZE, bare_create_sq(&bare, 1, 1, good, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_SIZE, bare_create_sq(&bare, 1, 4097, good, 1));
    CHECK_EQUAL(NVME_PRP_OFFSET_INVALID, bare_create_sq(&bare, 1, 8, good + 4, 1));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, good, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_sq(&bare, 1, 8, good, 1));
    bare_close(&bare);
}

static void queues_are_deleted_submission_first(void) {
    struct bare_device bare = bare_open("", true);
    const uint64_t good = bare.page_iova;
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_delete(&bare, NVME_DELETE_IO_SQ, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_delete(&bare, NVME_DELETE_IO_CQ, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_delete(&bare, NVME_DELETE_IO_SQ, 0));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_delete(&bare, NVME_DELETE_IO_CQ, 0));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 2, 8, good));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, good, 2));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 3, 8, good, 2));
    CHECK_EQUAL(NVME_INVALID_QUEUE_DELETION, bare_delete(&bare, NVME_DELETE_IO_CQ, 2));
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&bare, NVME_DELETE_IO_SQ, 1));
    CHECK_EQUAL(NVME_INVALID_QUEUE_DELETION, bare_delete(&bare, NVME_DELETE_IO_CQ, 2));
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&bare, NVME_DELETE_IO_SQ, 3));
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&bare, NVME_DELETE_IO_CQ, 2));
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_delete(&bare, NVME_DELETE_IO_CQ, 2));
    bare_close(&bare);
}

static void number_of_queues_is_set_before_queues_are_made(void) {
    struct bare_device bare = bare_open("", true);
    struct nvme_sqe set = {.opc = NVME_SET_FEATURES, .cdw10 = NVME_FID_NUMBER_OF_QUEUES};
    set.cdw11 = 0xffff;
    CHECK_EQUAL(NVME_INVALID_FIELD, bare_admin(&bare, set).status);
    set.cdw11 = 0xfffeu << 16 | 0xfffe;
    CHECK_EQUAL(63u << 16 | 63, bare_admin(&bare, set).result);
    set.cdw11 = 1 | 1 << 16;
    CHECK_EQUAL(1 << 16 | 1, bare_admin(&bare, set).result);
    CHECK_EQUAL(NVME_INVALID_QUEUE_IDENTIFIER, bare_create_cq(&bare, 3, 8, bare.page_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 2, 8, bare.page_iova));
    CHECK_EQUAL(NVME_COMMAND_SEQUENCE_ERROR, bare_admin(&bare, set).status);
    set.opc = NVME_GET_FEATURES;
    CHECK_EQUAL(1 << 16 | 1, bare_admin(&bare, set).result);
    bare_close(&bare);
}

static void a_full_completion_queue_waits_for_its_doorbell(void) {
    struct bare_device bare = bare_open("", true);
    struct bare_queue queue = bare_queue_alloc(&bare, 8);
    struct bare_queue small = queue;
    small.size = 4;
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 4, queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, queue.sq_iova, 1));
    for (uint16_t cid = 0; cid < 7; cid++) {
        struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1, .cid = cid};
        bare_submit(&bare, &queue, 1, &flush);
    }
    uint16_t expected = 0;
    for (int round = 0; round < 10 && expected < 7; round++) {
        struct bare_completion completion;
        unsigned batch = 0;
        while (bare_reap(&bare, &small, 1, &completion)) {
            CHECK_EQUAL(expected++, completion.cid);
            batch++;
        }
        CHECK(batch <= 3); /* one entry stays empty */
        device_run_queue(bare.device, 1);
    }
    CHECK_EQUAL(7, expected);
    bare_close(&bare);
}

static void the_phase_tag_turns_with_every_round(void) {
    struct bare_device bare = bare_open("", true);
    struct bare_queue queue = bare_queue_alloc(&bare, 5);
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 7, 5, queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 7, 5, queue.sq_iova, 7));
    for (unsigned i = 0; i < 1000; i++) {
        struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1, .cid = (uint16_t)i};
        struct bare_completion completion;
        bare_submit(&bare, &queue, 7, &flush);
        CHECK(bare_reap(&bare, &queue, 7, &completion));
        CHECK_EQUAL(i, completion.cid);
        CHECK_EQUAL((i + 1) % 5, completion.sqhd);
        CHECK(!bare_reap(&bare, &queue, 7, &completion));
    }
    bare_close(&bare);
}

int main(void) {
    RUN(completion_queue_creation_is_checked);
    RUN(submission_queue_creation_is_checked);
    RUN(queues_are_deleted_submission_first);
    RUN(number_of_queues_is_set_before_queues_are_made);
    RUN(a_full_completion_queue_waits_for_its_doorbell);
    RUN(the_phase_tag_turns_with_every_round);
    return 0;
}
