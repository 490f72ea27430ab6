/* SPDX-License-Identifier: Apache-2.0 */

/* Asynchronous events, as a host sees them that writes registers, queues and doorbells itself. */
#include "bare_device.h"
#include "check.h"

/* DW0 of an event's completion, from the specification's figures: type, information, log page. */
#define DOORBELL_REGISTER_EVENT 0x010000u
#define DOORBELL_VALUE_EVENT 0x010100u
#define TEMPERATURE_EVENT 0x020101u

#define ERROR_LOG 1u
#define HEALTH_LOG 2u
#define REQUEST_CID 100
#define ROUND_TRIPS 100 /* the controller's thread looks at a queue that isn't there in each */
#define QUEUE_ENTRIES 8

/* A controller of either mode, with a queue pair number 1. */
struct rig {
    struct bare_device bare;
    struct bare_queue queue;
    uint16_t requested; /* events, each by a CID of its own, counting from REQUEST_CID */
    uint16_t told;
};

static struct rig open_rig(const char *keys) {
    struct rig rig = {.bare = bare_open(keys, true)};
    rig.queue = bare_queue_alloc(&rig.bare, QUEUE_ENTRIES);
    CHECK_EQUAL(NVME_SUCCESS, bare_create_cq(&rig.bare, 1, QUEUE_ENTRIES, rig.queue.cq_iova));
    CHECK_EQUAL(NVME_SUCCESS, bare_create_sq(&rig.bare, 1, QUEUE_ENTRIES, rig.queue.sq_iova, 1));
    return rig;
}

static struct nvme_sqe next_request(struct rig *rig) {
    return (struct nvme_sqe){.opc = NVME_ASYNC_EVENT_REQUEST,
                             .cid = (uint16_t)(REQUEST_CID + rig->requested++)};
}

static void request_event(struct rig *rig) {
    const struct nvme_sqe request = next_request(rig);
    bare_submit(&rig->bare, &rig->bare.admin, 0, &request);
}

static void expect_event(struct rig *rig, uint32_t expected) {
    bare_run(&rig->bare, 1);
    const struct bare_completion event = bare_await(&rig->bare, &rig->bare.admin, 0);
    CHECK_EQUAL(REQUEST_CID + rig->told++, event.cid); /* that of the oldest request */
    CHECK_EQUAL(NVME_SUCCESS, event.full_status);
    CHECK_EQUAL(expected, event.result);
}

/* Other commands come and go, and none of what completes is an event. */
static void expect_no_event(struct rig *rig) {
    for (int i = 0; i < ROUND_TRIPS; i++) {
        bare_run(&rig->bare, 1);
        bare_admin(&rig->bare, (struct nvme_sqe){.opc = NVME_KEEP_ALIVE, .cid = 1});
    }
}

static void read_log(struct rig *rig, uint32_t page, bool retain) {
    const struct nvme_sqe command = {.opc = NVME_GET_LOG_PAGE,
                                     .prp1 = rig->bare.page_iova,
                                     .cdw10 = page | (retain ? 1u << 15 : 0) | 15 << 16};
    CHECK_EQUAL(NVME_SUCCESS, bare_admin(&rig->bare, command).status);
}

static uint16_t set_feature(struct rig *rig, uint32_t fid, uint32_t value) {
    return bare_admin(
               &rig->bare,
               (struct nvme_sqe){.opc = NVME_SET_FEATURES, .cid = 2, .cdw10 = fid, .cdw11 = value})
        .status;
}

/* Rings a doorbell, and lets the controller see it. */
static void write_doorbell(struct rig *rig, unsigned qid, bool is_cq, uint32_t value) {
    atomic_store(bare_doorbell(&rig->bare, qid, is_cq), value);
    bare_run(&rig->bare, qid);
}

static void submit_flush(struct rig *rig) {
    const struct nvme_sqe flush = {.opc = NVME_FLUSH, .nsid = 1};
    bare_submit(&rig->bare, &rig->queue, 1, &flush);
}

/* Commands are taken in and completed as ever. */
static void expect_queue_works(struct rig *rig) {
    for (int i = 0; i < 3 * QUEUE_ENTRIES; i++) {
        submit_flush(rig);
        CHECK_EQUAL(NVME_SUCCESS, bare_await(&rig->bare, &rig->queue, 1).full_status);
    }
}

static void requests_are_held_up_to_the_limit(struct rig *rig) {
    for (int i = 0; i < 4; i++) {
        request_event(rig);
    }
    CHECK_EQUAL(NVME_ASYNC_EVENT_LIMIT_EXCEEDED, bare_admin(&rig->bare, next_request(rig)).status);
    expect_no_event(rig);
}

static void a_reset_drops_requests_and_events(struct rig *rig) {
    request_event(rig);
    request_event(rig);
    write_doorbell(rig, 1, false, QUEUE_ENTRIES);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    write_doorbell(rig, 9, false, 1);
    expect_no_event(rig);
    bare_set_cc(&rig->bare, 0);
    atomic_store(bare_doorbell(&rig->bare, 5, true), 1); /* as there is no queue, nobody looks */
    CHECK_EQUAL(NVME_CSTS_RDY, bare_enable(&rig->bare, 7u | 7u << NVME_AQA_ACQS_SHIFT));
    expect_no_event(rig);
    for (int i = 0; i < 4; i++) {
        request_event(rig);
    }
    expect_no_event(rig);
}

static void abort_ends_a_held_request_and_nothing_else(struct rig *rig) {
    const struct nvme_sqe abort_it = {.opc = NVME_ABORT, .cid = 7, .cdw10 = REQUEST_CID << 16};
    CHECK_EQUAL(1, bare_admin(&rig->bare, abort_it).result);
    request_event(rig);
    bare_submit(&rig->bare, &rig->bare.admin, 0, &abort_it);
    const struct bare_completion request = bare_await(&rig->bare, &rig->bare.admin, 0);
    CHECK_EQUAL(REQUEST_CID, request.cid);
    CHECK_EQUAL(NVME_ABORT_REQUESTED, request.status);
    const struct bare_completion completion = bare_await(&rig->bare, &rig->bare.admin, 0);
    CHECK_EQUAL(7, completion.cid);
    CHECK_EQUAL(0, completion.result);
    CHECK_EQUAL(1, bare_admin(&rig->bare, abort_it).result);
}

/* Wherever the tail is. */
static void a_submission_queue_takes_no_tail_beyond_its_size(struct rig *rig) {
    const uint32_t bad[] = {QUEUE_ENTRIES, QUEUE_ENTRIES + 1, 0xffff, 0x10001, 0xffffffff};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        request_event(rig);
        write_doorbell(rig, 1, false, bad[i]);
        expect_event(rig, DOORBELL_VALUE_EVENT);
        read_log(rig, ERROR_LOG, false);
        submit_flush(rig);
        CHECK_EQUAL(NVME_SUCCESS, bare_await(&rig->bare, &rig->queue, 1).full_status);
    }
    expect_no_event(rig);
    expect_queue_works(rig);
}

/* No completion queue entry is given back, so the queues fill up. */
static void a_full_submission_queue_takes_no_more(struct rig *rig) {
    request_event(rig);
    for (int i = 0; i < QUEUE_ENTRIES - 1; i++) {
        submit_flush(rig);
    }
    expect_no_event(rig); /* meanwhile all complete, and the completion queue is full */
    for (int i = 0; i < QUEUE_ENTRIES - 1; i++) {
        submit_flush(rig); /* these stay: the submission queue is full */
    }
    expect_no_event(rig);
    write_doorbell(rig, 1, false, (rig->queue.tail + 1) % QUEUE_ENTRIES);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    for (int i = 0; i < 2 * (QUEUE_ENTRIES - 1); i++) {
        CHECK_EQUAL(NVME_SUCCESS, bare_await(&rig->bare, &rig->queue, 1).full_status);
    }
    expect_queue_works(rig);
}

static void a_completion_queue_head_stays_behind_the_tail(struct rig *rig) {
    request_event(rig);
    write_doorbell(rig, 1, true, 1); /* of an empty queue */
    expect_event(rig, DOORBELL_VALUE_EVENT);
    read_log(rig, ERROR_LOG, false);
    expect_queue_works(rig);
    submit_flush(rig);
    submit_flush(rig);
    const uint32_t past = (rig->queue.head + 3) % QUEUE_ENTRIES;
    request_event(rig);
    write_doorbell(rig, 1, true, past);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    read_log(rig, ERROR_LOG, false);
    for (int i = 0; i < 2; i++) {
        CHECK_EQUAL(NVME_SUCCESS, bare_await(&rig->bare, &rig->queue, 1).full_status);
    }
    expect_queue_works(rig);
}

/* Completions lie at both ends of the queue, so that its size is between its head and its tail. */
static void a_completion_queue_takes_no_head_beyond_its_size(struct rig *rig) {
    while (rig->queue.head != QUEUE_ENTRIES - 2) {
        submit_flush(rig);
        bare_await(&rig->bare, &rig->queue, 1);
    }
    for (int i = 0; i < 4; i++) {
        submit_flush(rig);
    }
    request_event(rig);
    expect_no_event(rig);
    write_doorbell(rig, 1, true, QUEUE_ENTRIES);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(NVME_SUCCESS, bare_await(&rig->bare, &rig->queue, 1).full_status);
    }
    expect_queue_works(rig);
}

static void a_doorbell_of_no_queue_is_told(struct rig *rig) {
    const struct {
        unsigned qid;
        bool is_cq;
    } doorbells[] = {{2, false}, {2, true}, {64, false}, {64, true}};
    for (unsigned i = 0; i < sizeof(doorbells) / sizeof(doorbells[0]); i++) {
        request_event(rig);
        write_doorbell(rig, doorbells[i].qid, doorbells[i].is_cq, 3);
        expect_event(rig, DOORBELL_REGISTER_EVENT);
        read_log(rig, ERROR_LOG, false);
        expect_no_event(rig);
    }
}

static void a_deleted_queue_has_no_doorbell(struct rig *rig) {
    expect_queue_works(rig);
    submit_flush(rig);
    bare_await(&rig->bare, &rig->queue, 1);
    request_event(rig);
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&rig->bare, NVME_DELETE_IO_SQ, 1));
    CHECK_EQUAL(NVME_SUCCESS, bare_delete(&rig->bare, NVME_DELETE_IO_CQ, 1));
    expect_no_event(rig);
    write_doorbell(rig, 1, true, 2);
    expect_event(rig, DOORBELL_REGISTER_EVENT);
}

/* One type has one log page: until it is read no other event of the type is told. */
static void a_type_is_masked_until_its_log_page_is_read(struct rig *rig) {
    request_event(rig);
    request_event(rig);
    write_doorbell(rig, 1, false, 100);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    write_doorbell(rig, 9, false, 1);
    expect_no_event(rig);
    read_log(rig, HEALTH_LOG, false);
    read_log(rig, ERROR_LOG, true);
    write_doorbell(rig, 9, false, 1);
    expect_no_event(rig);
    read_log(rig, ERROR_LOG, false); /* which tells of the other one, too */
    expect_no_event(rig);
    write_doorbell(rig, 9, false, 1);
    expect_event(rig, DOORBELL_REGISTER_EVENT);
}

static void an_event_waits_for_a_request(struct rig *rig) {
    write_doorbell(rig, 1, false, 100);
    expect_no_event(rig);
    request_event(rig);
    expect_event(rig, DOORBELL_VALUE_EVENT);
}

static void a_temperature_beyond_a_threshold_is_told(struct rig *rig) {
    const uint32_t thresholds[] = {0x012c /* over: 300 K */, 1u << 20 | 0x0136 /* under: 310 K */};
    const uint32_t harmless[] = {0xffff, 1u << 20};
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 0x1f));
    for (unsigned i = 0; i < 2; i++) {
        request_event(rig);
        expect_no_event(rig);
        CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, thresholds[i]));
        expect_event(rig, TEMPERATURE_EVENT);
        CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, harmless[i]));
        read_log(rig, HEALTH_LOG, false);
        CHECK_EQUAL(0, rig->bare.page[0]);
    }
}

static void a_temperature_at_its_threshold_is_told(struct rig *rig) {
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 2));
    request_event(rig);
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 304));
    expect_no_event(rig);
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 303));
    expect_event(rig, TEMPERATURE_EVENT);
    read_log(rig, HEALTH_LOG, true);
    CHECK_EQUAL(2, rig->bare.page[0]);
}

static void a_temperature_is_told_only_where_it_is_enabled(struct rig *rig) {
    request_event(rig);
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 200));
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 0xffff));
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 2));
    expect_no_event(rig); /* what was while it was turned off is forgotten */
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 0x1d));
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 200));
    expect_no_event(rig);
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 2));
    expect_event(rig, TEMPERATURE_EVENT); /* it is still beyond the threshold */
}

static void types_are_masked_apart(struct rig *rig) {
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_ASYNC_EVENTS, 2));
    request_event(rig);
    request_event(rig);
    write_doorbell(rig, 1, false, 100);
    expect_event(rig, DOORBELL_VALUE_EVENT);
    CHECK_EQUAL(NVME_SUCCESS, set_feature(rig, NVME_FID_TEMPERATURE_THRESHOLD, 200));
    expect_event(rig, TEMPERATURE_EVENT);
}

static void events_that_are_not_there_cannot_be_enabled(struct rig *rig) {
    for (unsigned bit = 5; bit < 32; bit++) {
        CHECK_EQUAL(NVME_INVALID_FIELD, set_feature(rig, NVME_FID_ASYNC_EVENTS, 1u << bit));
    }
}

/* Runs it by a thread of the controller's own, and without. */
static void in_both_modes(const char *name, void (*test)(struct rig *rig)) {
    const char *modes[] = {"size:1M", "size:1M mode:threaded"};
    printf("%s\n", name);
    fflush(stdout);
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig = open_rig(modes[i]);
        test(&rig);
        bare_close(&rig.bare);
    }
}

#define RUN_BOTH(test) in_both_modes(#test, test)

int main(void) {
    RUN_BOTH(requests_are_held_up_to_the_limit);
    RUN_BOTH(a_reset_drops_requests_and_events);
    RUN_BOTH(abort_ends_a_held_request_and_nothing_else);
    RUN_BOTH(a_submission_queue_takes_no_tail_beyond_its_size);
    RUN_BOTH(a_full_submission_queue_takes_no_more);
    RUN_BOTH(a_completion_queue_head_stays_behind_the_tail);
    RUN_BOTH(a_completion_queue_takes_no_head_beyond_its_size);
    RUN_BOTH(a_doorbell_of_no_queue_is_told);
    RUN_BOTH(a_deleted_queue_has_no_doorbell);
    RUN_BOTH(a_type_is_masked_until_its_log_page_is_read);
    RUN_BOTH(an_event_waits_for_a_request);
    RUN_BOTH(a_temperature_beyond_a_threshold_is_told);
    RUN_BOTH(a_temperature_at_its_threshold_is_told);
    RUN_BOTH(a_temperature_is_told_only_where_it_is_enabled);
    RUN_BOTH(types_are_masked_apart);
    RUN_BOTH(events_that_are_not_there_cannot_be_enabled);
    return 0;
}
