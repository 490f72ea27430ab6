/* SPDX-License-Identifier: Apache-2.0 */

/* Faults that I/O commands meet, as the rules of a drive say. */
#include <errno.h>
#include <sched.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"

#define BLOCK 512
#define MS 1000000
#define UNRECOVERED 0x281
#define DNR (1u << 14)

static char text[512];

struct rig {
    n4j_drive *drive;
    struct disk disk;
    struct buffer data;
};

static void rig_open(struct rig *rig, const char *keys) {
    char all[400];
    char id[512];
    snprintf(all, sizeof(all), "drive:one size:1M %s", keys);
    snprintf(id, sizeof(id), "trtype:EMBEDDED %s", all);
    if (n4j_drive_open(id, &rig->drive, text, sizeof(text)) != 0) {
        check_failed(keys, 0, text);
    }
    rig->disk = disk_open(all, 16);
    rig->data = buffer_alloc(&rig->disk, PAGE);
}

static void rig_close(struct rig *rig) {
    buffer_free(&rig->data);
    disk_close(&rig->disk);
    CHECK_EQUAL(0, n4j_drive_close(rig->drive, text, sizeof(text)));
}

static n4j_submission command(const struct rig *rig, uint8_t opcode, uint64_t slba,
                              uint32_t blocks) {
    n4j_submission submission = io_command(opcode, slba, blocks);
    submission.prp1 = rig->data.iovas[0];
    if (opcode == NVME_FLUSH) {
        submission = (n4j_submission){.opc = NVME_FLUSH, .nsid = 1};
    }
    return submission;
}

/* SCT, SC and DNR. */
static uint16_t run(struct rig *rig, uint8_t opcode, uint64_t slba, uint32_t blocks) {
    const n4j_submission submission = command(rig, opcode, slba, blocks);
    n4j_completion completion;
    CHECK_EQUAL(0, n4j_qpair_process(rig->disk.qpair, &submission, 1, NULL, 0));
    disk_reap(&rig->disk, &completion, 1);
    return (uint16_t)(completion.status & (0x7ff | DNR));
}

static void a_command_fails_by_its_number_and_opcode(void) {
    struct rig rig;
    rig_open(&rig, "faults:write,command=3,fails=286,dnr;flush,times=2,fails=6");
    CHECK_EQUAL(0, run(&rig, NVME_WRITE, 0, 1));
    CHECK_EQUAL(6, run(&rig, NVME_FLUSH, 0, 1));
    CHECK_EQUAL(0x286 | DNR, run(&rig, NVME_WRITE, 0, 1));
    CHECK_EQUAL(0, run(&rig, NVME_WRITE, 0, 1));
    CHECK_EQUAL(6, run(&rig, NVME_FLUSH, 0, 1));
    CHECK_EQUAL(0, run(&rig, NVME_FLUSH, 0, 1));
    n4j_injected history[4];
    CHECK_EQUAL(3, n4j_drive_history(rig.drive, 0, history, 4));
    CHECK_EQUAL(2, history[0].command);
    CHECK_EQUAL(1, history[0].rule);
    CHECK_EQUAL(3, history[1].command);
    CHECK_EQUAL(0, history[1].rule);
    CHECK_EQUAL(0x286 | DNR, history[1].status);
    CHECK_EQUAL(NVME_WRITE, history[1].opcode);
    CHECK_EQUAL(1, history[1].queue);
    CHECK_EQUAL(3, n4j_drive_history(rig.drive, 2, history, 1));
    CHECK_EQUAL(5, history[0].command);
    rig_close(&rig);
}

/* A write that failed has not written. */
static void what_fails_is_not_executed(void) {
    struct rig rig;
    rig_open(&rig, "faults:write,command=1,fails=280");
    memset(rig.data.data, 0x5A, PAGE);
    CHECK_EQUAL(0x280, run(&rig, NVME_WRITE, 0, 8));
    CHECK_EQUAL(0, run(&rig, NVME_READ, 0, 8));
    CHECK(is_filled(rig.data.data, PAGE, 0));
    rig_close(&rig);
}

/* All 64 places around a range, against a plain count of blocks. */
static void a_range_is_met_by_commands_that_touch_it(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,lba=8+3,fails=281");
    for (uint64_t slba = 0; slba < 16; slba++) {
        for (uint32_t blocks = 1; blocks <= 8; blocks++) {
            unsigned inside = 0;
            for (uint64_t lba = slba; lba < slba + blocks; lba++) {
                inside += lba == 8 || lba == 9 || lba == 10;
            }
            CHECK_EQUAL(inside > 0 ? UNRECOVERED : 0, run(&rig, NVME_READ, slba, blocks));
            CHECK_EQUAL(0, run(&rig, NVME_WRITE, slba, blocks));
        }
    }
    rig_close(&rig);
}

/* Random reads and writes, against a flag for each block. */
static void blocks_are_unreadable_until_they_are_rewritten(void) {
    uint64_t state = 7;
    for (unsigned round = 0; round < 100; round++) {
        struct rig rig;
        rig_open(&rig, "faults:read,lba=10+20,fails=281,until-rewritten");
        unsigned failed = 0;
        bool is_bad[64];
        for (unsigned lba = 0; lba < 64; lba++) {
            is_bad[lba] = lba >= 10 && lba < 30;
        }
        for (unsigned i = 0; i < 100; i++) {
            const uint64_t slba = next_random(&state) % 40;
            const uint32_t blocks = 1 + (uint32_t)(next_random(&state) % 4);
            const bool is_read = next_random(&state) % 4 != 0;
            bool is_bad_now = false;
            for (uint64_t lba = slba; lba < slba + blocks; lba++) {
                is_bad_now |= is_bad[lba];
                is_bad[lba] = is_bad[lba] && is_read;
            }
            const bool fails = is_read && is_bad_now;
            CHECK_EQUAL(fails ? UNRECOVERED : 0,
                        run(&rig, is_read ? NVME_READ : NVME_WRITE, slba, blocks));
            failed += fails;
        }
        CHECK_EQUAL(failed, n4j_drive_history(rig.drive, 0, NULL, 0));
        rig_close(&rig);
    }
}

static void what_is_stuck_is_there_until_it_is_aborted(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=1,stuck");
    n4j_submission read = command(&rig, NVME_READ, 0, 1);
    n4j_completion completion;
    read.tag = 77;
    CHECK_EQUAL(0, n4j_qpair_process(rig.disk.qpair, &read, 1, NULL, 0));
    for (unsigned i = 0; i < 100; i++) {
        CHECK_EQUAL(0, n4j_qpair_process(rig.disk.qpair, NULL, 0, &completion, 1));
    }
    CHECK_EQUAL(0, n4j_qpair_abort(rig.disk.qpair, 77));
    disk_reap(&rig.disk, &completion, 1);
    CHECK_EQUAL(77, completion.tag);
    CHECK_EQUAL(NVME_ABORT_REQUESTED, NVME_STATUS_CODE(completion.status));
    CHECK_EQUAL(0, run(&rig, NVME_READ, 0, 1));
    n4j_injected injected;
    CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, &injected, 1));
    CHECK(injected.delay_ns == UINT64_MAX);
    rig_close(&rig);
}

static void blocks_are_slow(void) {
    struct rig rig;
    rig_open(&rig, "faults:any,lba=5+1,slow=20ms");
    const uint64_t begin = n4j_now_ns();
    CHECK_EQUAL(0, run(&rig, NVME_WRITE, 4, 2));
    CHECK(n4j_now_ns() - begin >= 20 * MS);
    CHECK_EQUAL(0, run(&rig, NVME_WRITE, 6, 2));
    CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, NULL, 0));
    rig_close(&rig);
}

/* ---- a run repeats ---- */

#define QUEUES 3
#define COMMANDS 3000

static void submit_all(n4j_qpair *qpair, const struct rig *rig, uint32_t batch, unsigned *failed) {
    n4j_submission submissions[16];
    n4j_completion completions[16];
    CHECK(batch <= 16);
    for (uint32_t done = 0; done < COMMANDS; done += batch) {
        for (uint32_t i = 0; i < batch; i++) {
            submissions[i] =
                command(rig, (done + i) % 3 == 0 ? NVME_WRITE : NVME_READ, (done + i) % 1000, 1);
        }
        CHECK_EQUAL(0, n4j_qpair_process(qpair, submissions, batch, NULL, 0));
        for (uint32_t reaped = 0; reaped < batch;) {
            const int more = n4j_qpair_process(qpair, NULL, 0, completions, batch);
            CHECK(more >= 0);
            for (int i = 0; i < more; i++) {
                *failed += completions[i].status != 0;
            }
            reaped += (uint32_t)more;
            sched_yield();
        }
    }
}

/* The history of each queue, one after the other; returns its length. */
static uint64_t history_of(const char *mode, unsigned seed, uint32_t batch, n4j_injected *sorted) {
    char keys[200];
    snprintf(keys, sizeof(keys),
             "mode:%s seed:%u faults:read,one-in=50,fails=281;any,one-in=70,times=5,fails=6,dnr",
             mode, seed);
    struct rig rig;
    rig_open(&rig, keys);
    n4j_qpair *qpairs[QUEUES] = {rig.disk.qpair};
    unsigned failed = 0;
    for (unsigned i = 0; i < QUEUES; i++) {
        if (i > 0) {
            CHECK_EQUAL(0, n4j_qpair_create(rig.disk.ctrlr, 16, 0, &qpairs[i], text, sizeof(text)));
        }
        submit_all(qpairs[i], &rig, batch, &failed);
    }
    const uint64_t count = n4j_drive_history(rig.drive, 0, NULL, 0);
    n4j_injected *all = calloc(count, sizeof(*all));
    CHECK(all != NULL && count <= COMMANDS);
    n4j_drive_history(rig.drive, 0, all, count);
    CHECK_EQUAL(failed, count);
    uint64_t next = 0;
    for (uint16_t qid = 1; qid <= QUEUES; qid++) {
        for (uint64_t i = 0; i < count; i++) {
            if (all[i].queue == qid) {
                sorted[next++] = all[i];
            }
        }
    }
    CHECK_EQUAL(count, next);
    free(all);
    for (unsigned i = 1; i < QUEUES; i++) {
        CHECK_EQUAL(0, n4j_qpair_destroy(qpairs[i]));
    }
    rig_close(&rig);
    return count;
}

static void a_run_repeats_inline_and_threaded_whatever_the_batches(void) {
    static n4j_injected expected[COMMANDS];
    static n4j_injected actual[COMMANDS];
    const uint64_t count = history_of("inline", 42, 1, expected);
    printf("    %llu faults among %u commands\n", (unsigned long long)count, QUEUES * COMMANDS);
    /* 6000 reads, one in 50, and 5 of each queue. */
    CHECK(count > 80 && count < 190);
    CHECK_EQUAL(count, history_of("inline", 42, 15, actual));
    CHECK(memcmp(expected, actual, count * sizeof(*actual)) == 0);
    CHECK_EQUAL(count, history_of("threaded", 42, 15, actual));
    CHECK(memcmp(expected, actual, count * sizeof(*actual)) == 0);
    const uint64_t other = history_of("inline", 43, 1, actual);
    CHECK(other != count || memcmp(expected, actual, count * sizeof(*actual)) != 0);
}

static void what_is_no_rule_says_why(void) {
    static const char *const cases[][2] = {
        {"faults:reed,fails=281", "\"reed\" is no opcode"},
        {"faults:0x100,fails=281", "is no opcode"},
        {"faults:read", "wants one effect: fails, stuck, slow"},
        {"faults:read,fails=281,stuck", "wants one effect: fails, stuck, slow"},
        {"faults:read,fails=0", "is no status"},
        {"faults:read,fails=800", "is no status"},
        {"faults:read,fails=xyz", "is no status"},
        {"faults:read,lba=8,fails=281", "lba=FIRST+COUNT"},
        {"faults:read,lba=8+0,fails=281", "lba=FIRST+COUNT"},
        {"faults:read,lba=18446744073709551615+2,fails=281", "lba=FIRST+COUNT"},
        {"faults:read,one-in=0,fails=281", "a number from 1"},
        {"faults:read,times=-1,fails=281", "a number from 1"},
        {"faults:read,slow=0ms", "no time"},
        {"faults:read,slow=2h", "no time"},
        {"faults:read,stuck,dnr", "without fails"},
        {"faults:read,fails=281,until-rewritten", "wants lba"},
        {"faults:read,lba=0+65537,fails=281,until-rewritten", "65536"},
        {"faults:read,nonsense=1,fails=281", "is unknown"},
        {"faults:read,nonsense,fails=281", "is unknown"},
        {"faults:read,averyveryverylongword=1", "is unknown"},
        {"faults:,", "is no rule"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_CONTAINS(cases[i][1], attach_error(cases[i][0], -EINVAL));
    }
    char many[400] = "faults:";
    for (unsigned i = 0; i < 17; i++) {
        strcat(many, "any,fails=6;");
    }
    CHECK_CONTAINS("there can be 16", attach_error(many, -EINVAL));
}

int main(void) {
    RUN(a_command_fails_by_its_number_and_opcode);
    RUN(what_fails_is_not_executed);
    RUN(a_range_is_met_by_commands_that_touch_it);
    RUN(blocks_are_unreadable_until_they_are_rewritten);
    RUN(what_is_stuck_is_there_until_it_is_aborted);
    RUN(blocks_are_slow);
    RUN(a_run_repeats_inline_and_threaded_whatever_the_batches);
    RUN(what_is_no_rule_says_why);
    return 0;
}
