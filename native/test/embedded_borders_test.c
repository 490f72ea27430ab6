/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What comes over a border may be anything: completion queue entries that the controller, or a command
 * that was sent there, has written; arguments and records of the caller's. Nothing of it may be trusted.
 */
#include <errno.h>
#include <pthread.h>

#include "check.h"
#include "fixture.h"
#include "host/queue.h"
#include "record_rules.h"

#define DEPTH 4

static char text[512];

/* ---- completion queue entries ---- */

static struct queue_rings *rings_of(const struct disk *disk) {
    return &((struct host_queue *)disk->qpair)->rings;
}

/* An entry as the controller would write it, where the phase is what the host waits for. */
static void forge_entry(const struct disk *disk, uint64_t cid, uint64_t sqid, uint64_t sqhd) {
    const struct queue_rings *rings = rings_of(disk);
    struct nvme_cqe *cqe = &rings->cq[rings->cq_head];
    atomic_store(&cqe->high, sqhd | sqid << 16 | cid << 32 | (uint64_t)rings->cq_phase << 48);
}

/* What the controller would write of a command that has this CID. */
static void forge_completion(const struct disk *disk, uint64_t cid) {
    forge_entry(disk, cid, 1, rings_of(disk)->sq_tail);
}

static void submit(const struct disk *disk, uint64_t tag) {
    const n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1, .tag = tag};
    CHECK_EQUAL(0, n4j_qpair_process(disk->qpair, &flush, 1, NULL, 0));
}

/* Both commands are given up, each once, and then the queue pair has failed. */
static void check_given_up(const struct disk *disk) {
    n4j_completion completions[DEPTH];
    unsigned seen[2] = {0};
    int count;
    while ((count = n4j_qpair_process(disk->qpair, NULL, 0, completions, DEPTH)) >= 0) {
        for (int i = 0; i < count; i++) {
            CHECK_EQUAL(ENXIO, completions[i].error);
            seen[completions[i].tag]++;
        }
    }
    CHECK_EQUAL(-ENXIO, count);
    CHECK(seen[0] == 1 && seen[1] == 1);
}

static void check_disk_works(struct disk *disk) {
    n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1, .tag = 5};
    CHECK_EQUAL(NVME_SUCCESS, disk_run(disk, &flush));
}

static void a_completion_of_no_command_fails_the_controller(void) {
    static const char *const modes[] = {"traddr:null latency:1s",
                                        "traddr:null mode:threaded latency:1s"};
    const uint64_t cids[] = {2, DEPTH - 1, DEPTH, DEPTH + 1, 0x8000, 0xffff}; /* 0 and 1 are out */
    for (unsigned mode = 0; mode < 2; mode++) {
        for (unsigned i = 0; i < sizeof(cids) / sizeof(cids[0]); i++) {
            struct disk disk = disk_open(modes[mode], DEPTH);
            submit(&disk, 0);
            submit(&disk, 1);
            forge_completion(&disk, cids[i]);
            check_given_up(&disk);
            disk_close(&disk);
        }
    }
}

/* What was fetched was rung before, and in this queue. */
static void a_completion_that_cannot_be_true_fails_the_controller(void) {
    const struct {
        uint64_t sqid;
        uint64_t sqhd;
    } cases[] = {{0, 2}, {2, 2}, {0xffff, 2}, {1, 3}, {1, DEPTH}, {1, DEPTH + 1}, {1, 0xffff}};
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct disk disk = disk_open("traddr:null latency:1s", DEPTH);
        submit(&disk, 0);
        submit(&disk, 1);
        forge_entry(&disk, 1, cases[i].sqid, cases[i].sqhd);
        check_given_up(&disk);
        n4j_qpair *qpair;
        CHECK_EQUAL(-ENXIO, n4j_qpair_create(disk.ctrlr, 1, 0, &qpair, text, sizeof(text)));
        CHECK_CONTAINS("completion queue 1 got an entry of no command: CID 1", text);
        disk_close(&disk);
    }
}

static void a_completion_that_comes_twice_fails_the_controller(void) {
    struct disk disk = disk_open("traddr:null latency:1s", DEPTH);
    n4j_completion completion;
    submit(&disk, 0);
    submit(&disk, 1);
    submit(&disk, 2);
    forge_completion(&disk, 2);
    CHECK_EQUAL(1, n4j_qpair_process(disk.qpair, NULL, 0, &completion, 1));
    CHECK_EQUAL(2, completion.tag);
    forge_completion(&disk, 2);
    check_given_up(&disk);
    disk_close(&disk);
}

static void a_reset_mends_a_controller_that_completed_nonsense(void) {
    struct disk disk = disk_open("traddr:null latency:100us", DEPTH);
    submit(&disk, 0);
    submit(&disk, 1);
    forge_completion(&disk, 0xffff);
    check_given_up(&disk);
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 1000, text, sizeof(text)));
    n4j_qpair *old = disk.qpair;
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, DEPTH, 0, &disk.qpair, text, sizeof(text)));
    check_disk_works(&disk);
    /* The old one still has the entry, and does no harm to the new one. */
    CHECK_EQUAL(-ENXIO, n4j_qpair_process(old, NULL, 0, NULL, 0));
    check_disk_works(&disk);
    CHECK_EQUAL(0, n4j_qpair_destroy(old));
    disk_close(&disk);
}

/* ---- records and arguments ---- */

static void a_form_that_is_not_taken_is_invalid(void) {
    static const char *const modes[] = {"traddr:null", "traddr:null mode:threaded sgl:none"};
    for (unsigned i = 0; i < 2; i++) {
        struct disk disk = disk_open(modes[i], 1);
        struct buffer data = buffer_alloc(&disk, PAGE);
        check_forms_that_are_not_taken(disk.ctrlr, disk.qpair);
        check_metadata_that_nobody_points_at(disk.ctrlr, disk.qpair, data.data);
        buffer_free(&data);
        disk_close(&disk);
    }
}

/* Completions for all of them could not be kept; so none is looked at, as only two are there. */
static void more_records_than_can_be_owed_are_not_taken(void) {
    struct disk disk = disk_open("traddr:null", DEPTH);
    const n4j_submission flushes[2] = {{.opc = NVME_FLUSH, .nsid = 1}, {.opc = NVME_FLUSH}};
    n4j_completion completion;
    CHECK_EQUAL(-ENOMEM, n4j_qpair_process(disk.qpair, flushes, UINT32_MAX, &completion, 1));
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, NULL, 0, &completion, 1));
    check_disk_works(&disk);
    disk_close(&disk);
}

static void check_allocation(struct disk *disk, uint64_t length, uint64_t alignment, int32_t numa,
                             uint32_t flags, const char *says) {
    void *address;
    uint32_t kind;
    text[0] = '\0';
    CHECK_EQUAL(-EINVAL, n4j_mem_alloc(disk->ctrlr, length, alignment, numa, flags, &address, &kind,
                                       text, sizeof(text)));
    CHECK_CONTAINS(says, text);
}

static void an_allocation_is_refused_for_what_is_wrong_with_it(void) {
    struct disk disk = disk_open("traddr:null", 1);
    check_allocation(&disk, 0, PAGE, N4J_NUMA_ANY, 0, "can't allocate 0 bytes");
    check_allocation(&disk, (uint64_t)-1, PAGE, N4J_NUMA_ANY, 0, "can't allocate -1 bytes");
    check_allocation(&disk, PAGE, 0, N4J_NUMA_ANY, 0, "alignment 0 ");
    check_allocation(&disk, PAGE, 4097, N4J_NUMA_ANY, 0, "alignment 4097 ");
    check_allocation(&disk, PAGE, (uint64_t)-1, N4J_NUMA_ANY, 0, "alignment -1 ");
    check_allocation(&disk, PAGE, UINT64_C(1) << 31, N4J_NUMA_ANY, 0, "alignment 2147483648 ");
    check_allocation(&disk, PAGE, UINT64_C(1) << 62, N4J_NUMA_ANY, 0,
                     "alignment 4611686018427387904 ");
    check_allocation(&disk, PAGE, PAGE, -2, 0, "no NUMA node -2");
    check_allocation(&disk, PAGE, PAGE, 99, 0, "no NUMA node 99");
    check_allocation(&disk, PAGE, PAGE, INT32_MAX, 0, "no NUMA node 2147483647");
    check_allocation(&disk, PAGE, PAGE, INT32_MIN, 0, "no NUMA node -2147483648");
    check_allocation(&disk, PAGE, PAGE, N4J_NUMA_ANY, 2, "flags 2h");
    disk_close(&disk);
}

static void check_depth(struct disk *disk, uint32_t depth, uint32_t standby, const char *says) {
    n4j_qpair *qpair;
    CHECK_EQUAL(-EINVAL, n4j_qpair_create(disk->ctrlr, depth, standby, &qpair, text, sizeof(text)));
    CHECK_CONTAINS(says, text);
}

static void numbers_below_zero_read_as_they_were_given(void) {
    struct disk disk = disk_open("traddr:null", 1);
    check_depth(&disk, 0, 0, "queue depth 0 is out of range");
    check_depth(&disk, (uint32_t)-1, 0, "queue depth -1 is out of range");
    check_depth(&disk, (uint32_t)INT32_MIN, 0, "queue depth -2147483648 is out of range");
    check_depth(&disk, 1, (uint32_t)-1, "-1 commands on standby are out of range");
    check_depth(&disk, 1, N4J_STANDBY_MAX + 1, "65537 commands on standby are out of range");
    disk_close(&disk);
}

/* ---- resets at any time ---- */

static void *reset_again_and_again(void *argument) {
    const struct disk *disk = argument;
    char reason[256];
    for (unsigned i = 0; i < 2000; i++) {
        CHECK_EQUAL(0, n4j_ctrlr_reset(disk->ctrlr, 1000, reason, sizeof(reason)));
    }
    return NULL;
}

/* A reset between the creation of a queue pair's two queues leaves none of them behind. */
static void resets_take_no_queue_pair_away_for_good(void) {
    struct disk disk = disk_open("traddr:null", 1);
    n4j_qpair *qpairs[64];
    pthread_t thread;
    CHECK_EQUAL(0, pthread_create(&thread, NULL, reset_again_and_again, &disk));
    for (unsigned i = 0; i < 4000; i++) {
        if (n4j_qpair_create(disk.ctrlr, 1, 0, &qpairs[0], text, sizeof(text)) == 0) {
            CHECK_EQUAL(0, n4j_qpair_destroy(qpairs[0]));
        }
    }
    pthread_join(thread, NULL);
    for (unsigned i = 1; i < 64; i++) {
        CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 1, 0, &qpairs[i], text, sizeof(text)));
    }
    for (unsigned i = 1; i < 64; i++) {
        CHECK_EQUAL(0, n4j_qpair_destroy(qpairs[i]));
    }
    disk_close(&disk);
}

int main(void) {
    RUN(a_completion_of_no_command_fails_the_controller);
    RUN(a_completion_that_cannot_be_true_fails_the_controller);
    RUN(a_completion_that_comes_twice_fails_the_controller);
    RUN(a_reset_mends_a_controller_that_completed_nonsense);
    RUN(a_form_that_is_not_taken_is_invalid);
    RUN(more_records_than_can_be_owed_are_not_taken);
    RUN(an_allocation_is_refused_for_what_is_wrong_with_it);
    RUN(numbers_below_zero_read_as_they_were_given);
    RUN(resets_take_no_queue_pair_away_for_good);
    return 0;
}
