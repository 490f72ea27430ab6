/* SPDX-License-Identifier: Apache-2.0 */

/* Creating, deleting and overrunning queues, without a driver in between. */
#include <pthread.h>
#include <sched.h>

#include "bare_device.h"
#include "check.h"
#include "clock.h"
#include "device/rings.h"

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

/* Of an Asynchronous Event Request, which is held, and of a command that isn't due yet. */
/* A queue of 4 entries, so that the counts go past its end; the host consumes some, and all at last. */
static void what_the_host_has_consumed_is_known_from_its_doorbell(void) {
    struct bare_device bare = bare_open("size:1M", true);
    struct bare_queue queue = bare_queue_alloc(&bare, 4);
    const struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1};
    struct bare_completion completion;
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 4, queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 4, queue.sq_iova, 1));
    const struct completion_queue *cq = &bare.device->cq[1];
    uint64_t consumed = 0;
    for (uint64_t posted = 1; posted <= 100; posted++) {
        bare_submit(&bare, &queue, 1, &flush);
        CHECK_EQUAL(posted, completion_queue_posted(cq));
        CHECK_EQUAL(consumed, completion_queue_consumed(cq));
        if (posted % 3 != 1) { /* one is left now and then */
            while (bare_reap(&bare, &queue, 1, &completion)) {
                CHECK_EQUAL(++consumed, completion_queue_consumed(cq));
            }
        }
    }
    atomic_store(bare_doorbell(&bare, 1, true), 4); /* that it can't have */
    CHECK(completion_queue_consumed(cq) < consumed);
    bare_close(&bare);
}

static void a_cid_that_is_in_use_is_refused(void) {
    const char *modes[] = {"latency:100ms", "latency:100ms mode:threaded"};
    for (unsigned i = 0; i < 2; i++) {
        struct bare_device bare = bare_open(modes[i], true);
        struct bare_queue queue = bare_queue_alloc(&bare, 8);
        const struct nvme_sqe request = {.opc = NVME_ASYNC_EVENT_REQUEST, .cid = 9};
        CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, 8, queue.cq_iova));
        CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&bare, 1, 8, queue.sq_iova, 1));
        bare_submit(&bare, &bare.admin, 0, &request);
        const struct nvme_sqe alike = {.opc = NVME_KEEP_ALIVE, .cid = 9};
        CHECK_EQUAL(NVME_COMMAND_ID_CONFLICT, bare_admin(&bare, alike).status);
        const struct nvme_sqe other = {.opc = NVME_KEEP_ALIVE, .cid = 8};
        CHECK_EQUAL(NVME_SUCCESS, bare_admin(&bare, other).status);
        for (int round = 0; round < 2; round++) {
            const struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1, .cid = 0xffff};
            bare_submit(&bare, &queue, 1, &flush);
            bare_submit(&bare, &queue, 1, &flush);
            CHECK_EQUAL(NVME_COMMAND_ID_CONFLICT, bare_await(&bare, &queue, 1).status);
            const struct bare_completion first = bare_await(&bare, &queue, 1);
            CHECK_EQUAL(NVME_SUCCESS, first.status);
            CHECK_EQUAL(0xffff, first.cid);
        }
        bare_close(&bare);
    }
}

#define SHARERS 2u
#define SHARED_COMMANDS 1000u
#define SHARED_OUTSTANDING 4u
#define SHARED_ENTRIES 16u
#define SHARED_BLOCKS 100u /* the commands meet while they wait for one another's range */

/* A thread that submits to its own submission queue, and lends itself to the controller. */
struct sharer {
    struct bare_device *bare;
    struct bare_queue queue;
    unsigned qid;
    atomic_uint completed; /* by whoever looks at the completion queue */
    pthread_t thread;
};

static void *share(void *argument) {
    struct sharer *sharer = argument;
    unsigned submitted = 0;
    while (atomic_load(&sharer->completed) < SHARED_COMMANDS) {
        if (submitted < SHARED_COMMANDS &&
            submitted - atomic_load(&sharer->completed) < SHARED_OUTSTANDING) {
            const struct nvme_sqe zero = {.opc = NVME_WRITE_ZEROES,
                                          .nsid = 1,
                                          .cid = (uint16_t)submitted++,
                                          .cdw12 = SHARED_BLOCKS - 1};
            bare_submit(sharer->bare, &sharer->queue, sharer->qid, &zero);
        } else {
            bare_run(sharer->bare, sharer->qid);
            sched_yield();
        }
    }
    return NULL;
}

/* All complete once, in their queue's order. */
static void reap_shared(struct bare_device *bare, struct bare_queue *cq, struct sharer *sharers) {
    const uint64_t deadline_ms = n4j_now_ms() + 60000;
    for (unsigned left = SHARERS * SHARED_COMMANDS; left > 0; left--) {
        struct bare_completion completion;
        while (!bare_reap(bare, cq, 1, &completion)) {
            CHECK(n4j_now_ms() < deadline_ms);
            sched_yield();
        }
        CHECK(completion.sqid >= 1 && completion.sqid <= SHARERS);
        struct sharer *sharer = &sharers[completion.sqid - 1];
        CHECK_EQUAL(NVME_SUCCESS, completion.full_status);
        CHECK_EQUAL((uint16_t)atomic_load(&sharer->completed), completion.cid);
        atomic_fetch_add(&sharer->completed, 1);
    }
}

/* Which has room for one completion, for which all commands compete. */
static void threads_may_share_a_completion_queue(void) {
    const char *modes[] = {"", "mode:threaded"};
    for (unsigned i = 0; i < 2; i++) {
        struct bare_device bare = bare_open(modes[i], true);
        struct bare_queue cq = bare_queue_alloc(&bare, 2);
        static struct sharer sharers[SHARERS];
        CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&bare, 1, cq.size, cq.cq_iova));
        for (unsigned s = 0; s < SHARERS; s++) {
            struct sharer *sharer = &sharers[s];
            atomic_store(&sharer->completed, 0);
            sharer->bare = &bare;
            sharer->qid = s + 1;
            sharer->queue = bare_queue_alloc(&bare, SHARED_ENTRIES);
            CHECK_EQUAL(NVME_SUCCESS,
                        bare_create_sq(&bare, s + 1, SHARED_ENTRIES, sharer->queue.sq_iova, 1));
        }
        for (unsigned s = 0; s < SHARERS; s++) {
            CHECK_EQUAL(0, pthread_create(&sharers[s].thread, NULL, share, &sharers[s]));
        }
        reap_shared(&bare, &cq, sharers);
        for (unsigned s = 0; s < SHARERS; s++) {
            CHECK_EQUAL(0, pthread_join(sharers[s].thread, NULL));
        }
        bare_close(&bare);
    }
}

int main(void) {
    RUN(completion_queue_creation_is_checked);
    RUN(submission_queue_creation_is_checked);
    RUN(queues_are_deleted_submission_first);
    RUN(number_of_queues_is_set_before_queues_are_made);
    RUN(a_full_completion_queue_waits_for_its_doorbell);
    RUN(the_phase_tag_turns_with_every_round);
    RUN(what_the_host_has_consumed_is_known_from_its_doorbell);
    RUN(a_cid_that_is_in_use_is_refused);
    RUN(threads_may_share_a_completion_queue);
    return 0;
}
