/* SPDX-License-Identifier: Apache-2.0 */

/* Commands on standby: they take the places of those that complete, each once and in turn. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "fixture.h"

#define COMMANDS 4000

/* Of the tags from 1 on, which have come back. */
struct ledger {
    uint8_t *seen;
    uint64_t submitted;
    uint64_t completed;
    uint64_t last;
};

static struct disk open_with_standby(const char *keys, uint32_t depth, uint32_t standby) {
    struct disk disk = disk_open(keys, 1);
    CHECK_EQUAL(0, n4j_qpair_destroy(disk.qpair));
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, depth, standby, &disk.qpair, NULL, 0));
    return disk;
}

/* One in eight is nothing that can be submitted. */
static n4j_submission draw(struct ledger *ledger, uint64_t *random, bool all_good) {
    n4j_submission flush = {.opc = NVME_FLUSH, .nsid = 1, .tag = ++ledger->submitted};
    if (!all_good && next_random(random) % 8 == 0) {
        flush.data_form = N4J_DATA_CONTIGUOUS;
    }
    return flush;
}

static void note(struct ledger *ledger, const n4j_completion *completion, bool in_turn) {
    CHECK(completion->error == 0 || completion->error == EINVAL);
    CHECK_EQUAL(0, completion->status);
    CHECK(completion->tag > 0 && completion->tag <= ledger->submitted);
    CHECK(!ledger->seen[completion->tag]);
    CHECK(!in_turn || completion->tag == ledger->last + 1);
    ledger->seen[completion->tag] = 1;
    ledger->last = completion->tag;
    ledger->completed++;
}

static void run(const char *keys, uint32_t depth, uint32_t standby, bool all_good) {
    struct disk disk = open_with_standby(keys, depth, standby);
    const uint32_t room = depth + standby;
    struct ledger ledger = {.seen = calloc(COMMANDS + 1, 1)};
    n4j_submission *batch = calloc(room, sizeof(*batch));
    n4j_completion *completions = calloc(room, sizeof(*completions));
    uint64_t random = 7;
    while (ledger.completed < COMMANDS) {
        const uint64_t free_room = room - (ledger.submitted - ledger.completed);
        uint64_t count = next_random(&random) % (free_room + 1);
        count = ledger.submitted + count > COMMANDS ? COMMANDS - ledger.submitted : count;
        for (uint64_t i = 0; i < count; i++) {
            batch[i] = draw(&ledger, &random, all_good);
        }
        const uint32_t max = (uint32_t)(next_random(&random) % (room + 1));
        int reaped = n4j_qpair_process(disk.qpair, batch, (uint32_t)count, completions, max);
        CHECK(reaped >= 0 && (uint32_t)reaped <= max);
        for (int i = 0; i < reaped; i++) {
            note(&ledger, &completions[i], depth == 1 && all_good);
        }
        if (reaped == 0) {
            sched_yield(); /* the controller's thread may need this processor */
        }
    }
    free(batch);
    free(completions);
    free(ledger.seen);
    disk_close(&disk);
}

static void each_completes_once_and_at_depth_1_in_turn(void) {
    const char *const keys[] = {"traddr:null", "traddr:null mode:threaded"};
    const uint32_t depths[] = {1, 2, 7, 64};
    const uint32_t standbys[] = {0, 1, 5, 300};
    for (unsigned i = 0; i < 2 * 4 * 4 * 2; i++) {
        run(keys[i % 2], depths[i / 2 % 4], standbys[i / 8 % 4], i / 32 == 0);
    }
}

static void what_is_beyond_both_is_refused(void) {
    enum { DEPTH = 3, STANDBY = 4, COUNT = 50 };
    struct disk disk = open_with_standby("traddr:null latency:1ms", DEPTH, STANDBY);
    n4j_submission batch[COUNT];
    n4j_completion completions[COUNT];
    for (uint64_t i = 0; i < COUNT; i++) {
        batch[i] = (n4j_submission){.opc = NVME_FLUSH, .nsid = 1, .tag = i};
    }
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, COUNT, completions, 0));
    disk_reap(&disk, completions, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        const bool fits = completions[i].tag < DEPTH + STANDBY;
        CHECK_EQUAL(fits ? 0 : EBUSY, completions[i].error);
    }
    disk_close(&disk);
}

/* A command that takes as long as the controller's latency says, and moves no data. */
static n4j_submission write_zeroes(uint64_t tag) {
    n4j_submission submission = io_command(NVME_WRITE_ZEROES, tag, 1);
    submission.data_form = N4J_DATA_NONE;
    submission.tag = tag;
    return submission;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Were there more at work than the depth, all would be done sooner. */
static void the_controller_has_no_more_than_the_depth(const char *mode) {
    enum { DEPTH = 2, COMMANDS_OF_20_MS = 10 };
    char keys[64];
    snprintf(keys, sizeof(keys), "traddr:null latency:20ms mode:%s", mode);
    struct disk disk = open_with_standby(keys, DEPTH, COMMANDS_OF_20_MS);
    n4j_submission batch[COMMANDS_OF_20_MS];
    n4j_completion completions[COMMANDS_OF_20_MS];
    for (uint64_t i = 0; i < COMMANDS_OF_20_MS; i++) {
        batch[i] = write_zeroes(i);
    }
    const double begin = seconds();
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, COMMANDS_OF_20_MS, completions, 0));
    CHECK_EQUAL(-ENOENT, n4j_qpair_abort(disk.qpair, COMMANDS_OF_20_MS - 1));
    disk_reap(&disk, completions, COMMANDS_OF_20_MS);
    CHECK(seconds() - begin >= 0.02 * COMMANDS_OF_20_MS / DEPTH);
    disk_close(&disk);
}

static void a_reset_hands_them_over(const char *mode) {
    enum { DEPTH = 2, COUNT = 9 };
    char keys[64];
    snprintf(keys, sizeof(keys), "traddr:null latency:1000s mode:%s", mode);
    struct disk disk = open_with_standby(keys, DEPTH, COUNT);
    n4j_completion completion;
    uint32_t seen = 0;
    for (uint64_t i = 0; i < COUNT; i++) {
        n4j_submission write = write_zeroes(i);
        CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, &write, 1, &completion, 1));
    }
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 0, NULL, 0));
    int count = n4j_qpair_process(disk.qpair, NULL, 0, &completion, 1);
    while (count >= 0) {
        CHECK_EQUAL(1, count);
        CHECK_EQUAL(ENXIO, completion.error);
        CHECK_EQUAL(0, seen >> completion.tag & 1);
        seen |= 1u << completion.tag;
        count = n4j_qpair_process(disk.qpair, NULL, 0, &completion, 1);
    }
    CHECK_EQUAL(-ENXIO, count);
    CHECK_EQUAL((1u << COUNT) - 1, seen);
    disk_close(&disk);
}

static void a_queue_pair_is_destroyed_with_them(void) {
    struct disk disk = open_with_standby("traddr:null latency:1000s", 1, 8);
    n4j_submission batch[9];
    for (uint64_t i = 0; i < 9; i++) {
        batch[i] = write_zeroes(i);
    }
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, batch, 9, NULL, 0));
    disk_close(&disk);
}

static void too_many_are_refused(void) {
    struct disk disk = disk_open("traddr:null", 1);
    n4j_qpair *qpair;
    char text[256];
    CHECK_EQUAL(-EINVAL,
                n4j_qpair_create(disk.ctrlr, 1, N4J_STANDBY_MAX + 1, &qpair, text, sizeof(text)));
    CHECK_CONTAINS("65536", text);
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 1, N4J_STANDBY_MAX, &qpair, text, sizeof(text)));
    CHECK_EQUAL(0, n4j_qpair_destroy(qpair));
    disk_close(&disk);
}

int main(void) {
    RUN(each_completes_once_and_at_depth_1_in_turn);
    RUN(what_is_beyond_both_is_refused);
    the_controller_has_no_more_than_the_depth("inline");
    the_controller_has_no_more_than_the_depth("threaded");
    a_reset_hands_them_over("inline");
    a_reset_hands_them_over("threaded");
    RUN(a_queue_pair_is_destroyed_with_them);
    RUN(too_many_are_refused);
    return 0;
}
