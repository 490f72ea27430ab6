/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Completions that go wrong, as the rules of a drive say, and doorbells that are ignored. Whatever they
 * are: each command is told of once, with what came of it or ENXIO, and after a reset all works.
 */
#include <errno.h>
#include <sched.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"

#define DEPTH 8
#define BLOCK_SIZE 512
#define MS 1000000
#define PATIENCE 2000
#define COMMANDS 400

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
    CHECK_EQUAL(0, n4j_drive_open(id, &rig->drive, text, sizeof(text)));
    rig->disk = disk_open(all, DEPTH);
    rig->data = buffer_alloc(&rig->disk, PAGE);
}

static void rig_close(struct rig *rig) {
    buffer_free(&rig->data);
    disk_close(&rig->disk);
    CHECK_EQUAL(0, n4j_drive_close(rig->drive, text, sizeof(text)));
}

static void submit(const struct rig *rig, uint8_t opcode, uint64_t slba, uint64_t tag) {
    n4j_submission submission = io_command(opcode, slba, 1);
    submission.prp1 = rig->data.iovas[0];
    submission.tag = tag;
    CHECK_EQUAL(0, n4j_qpair_process(rig->disk.qpair, &submission, 1, NULL, 0));
}

/* Nothing completes, however often one looks. */
static void check_silence(const struct rig *rig) {
    n4j_completion completion;
    for (unsigned i = 0; i < 100; i++) {
        CHECK_EQUAL(0, n4j_qpair_process(rig->disk.qpair, NULL, 0, &completion, 1));
    }
}

static void check_next(struct rig *rig, uint64_t tag) {
    n4j_completion completion;
    disk_reap(&rig->disk, &completion, 1);
    CHECK_EQUAL(tag, completion.tag);
    CHECK_EQUAL(0, completion.error);
    CHECK_EQUAL(0, completion.status);
}

/* Everything that is in flight is given up once, in any order, and then the queue pair has failed. */
static void check_given_up(const struct rig *rig, uint64_t first_tag, unsigned commands) {
    n4j_completion completions[DEPTH];
    uint64_t seen = 0;
    int count;
    while ((count = n4j_qpair_process(rig->disk.qpair, NULL, 0, completions, DEPTH)) >= 0) {
        for (int i = 0; i < count; i++) {
            const uint64_t bit = UINT64_C(1) << (completions[i].tag - first_tag);
            CHECK_EQUAL(ENXIO, completions[i].error);
            CHECK((seen & bit) == 0);
            seen |= bit;
        }
    }
    CHECK_EQUAL(-ENXIO, count);
    CHECK_EQUAL((UINT64_C(1) << commands) - 1, seen);
}

static void reset(struct rig *rig) {
    CHECK_EQUAL(0, n4j_ctrlr_reset(rig->disk.ctrlr, 1000, text, sizeof(text)));
    CHECK_EQUAL(0, n4j_qpair_destroy(rig->disk.qpair));
    CHECK_EQUAL(0,
                n4j_qpair_create(rig->disk.ctrlr, DEPTH, 0, &rig->disk.qpair, text, sizeof(text)));
}

static void what_is_dropped_was_executed_and_is_given_up_by_a_reset(void) {
    struct rig rig;
    rig_open(&rig, "faults:write,command=2,dropped");
    memset(rig.data.data, 0x5A, PAGE);
    submit(&rig, NVME_WRITE, 0, 0);
    check_next(&rig, 0);
    submit(&rig, NVME_WRITE, 1, 1);
    check_silence(&rig);
    submit(&rig, NVME_WRITE, 2, 2);
    check_next(&rig, 2);
    CHECK_EQUAL(0, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
    check_given_up(&rig, 1, 1);
    reset(&rig);
    memset(rig.data.data, 0, PAGE);
    submit(&rig, NVME_READ, 1, 3);
    check_next(&rig, 3);
    CHECK(is_filled(rig.data.data, BLOCK_SIZE, 0x5A));
    rig_close(&rig);
}

static void what_is_late_was_executed_at_once(void) {
    struct rig rig;
    rig_open(&rig, "faults:write,command=1,late=30ms");
    const uint64_t begin = n4j_now_ns();
    memset(rig.data.data, 0x5A, PAGE);
    submit(&rig, NVME_WRITE, 0, 0);
    memset(rig.data.data, 0, PAGE);
    submit(&rig, NVME_READ, 0, 1);
    check_next(&rig, 1);
    CHECK(is_filled(rig.data.data, BLOCK_SIZE, 0x5A));
    check_next(&rig, 0);
    CHECK(n4j_now_ns() - begin >= 30 * MS);
    rig_close(&rig);
}

static void what_is_late_completes_after_others(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=1,late=3;read,command=2,late=1");
    submit(&rig, NVME_READ, 0, 0);
    submit(&rig, NVME_READ, 1, 1);
    check_silence(&rig);
    CHECK_EQUAL(-ENOENT, n4j_qpair_abort(rig.disk.qpair, 99));
    submit(&rig, NVME_READ, 2, 2);
    check_next(&rig, 2);
    check_next(&rig, 1);
    submit(&rig, NVME_READ, 3, 3);
    check_next(&rig, 3);
    check_next(&rig, 0);
    rig_close(&rig);
}

/* An Abort comes too late for what was executed: it completes when it does. */
static void what_is_late_is_not_aborted(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=1,late=1");
    submit(&rig, NVME_READ, 0, 0);
    CHECK_EQUAL(0, n4j_qpair_abort(rig.disk.qpair, 0));
    check_silence(&rig);
    submit(&rig, NVME_READ, 1, 1);
    check_next(&rig, 1);
    check_next(&rig, 0);
    rig_close(&rig);
}

/* What the driver can't know to be true is the end of everything that is in flight. */
static void check_distrust(const char *keys, const char *says) {
    struct rig rig;
    rig_open(&rig, keys);
    for (uint64_t tag = 0; tag < 3; tag++) {
        submit(&rig, NVME_READ, tag, tag);
    }
    check_given_up(&rig, 0, 3);
    n4j_qpair *qpair;
    CHECK_EQUAL(-ENXIO, n4j_qpair_create(rig.disk.ctrlr, 1, 0, &qpair, text, sizeof(text)));
    CHECK_CONTAINS("completion queue 1 got an entry of no command", text);
    CHECK_CONTAINS(says, text);
    reset(&rig);
    submit(&rig, NVME_READ, 0, 7);
    check_next(&rig, 7);
    CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, NULL, 0));
    rig_close(&rig);
}

static void an_entry_with_a_wrong_field_fails_the_controller(void) {
    check_distrust("latency:1ms faults:read,command=1,wrong-cid=7", "CID 7,");
    check_distrust("latency:1ms faults:read,command=1,wrong-cid=65535", "CID 65535");
    check_distrust("latency:1ms faults:read,command=1,wrong-sqhd=4", "SQHD 4");
    check_distrust("latency:1ms faults:read,command=1,wrong-sqhd=65535", "SQHD 65535");
}

/* Its CID may be in use again by then, but not with the same generation. */
static void a_second_completion_ends_no_other_command(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=5,twice");
    n4j_completion completions[4];
    for (uint64_t tag = 0; tag < 4; tag++) {
        submit(&rig, NVME_READ, tag, tag);
        check_next(&rig, tag);
    }
    submit(&rig, NVME_READ, 4, 4);
    CHECK_EQUAL(1, n4j_qpair_process(rig.disk.qpair, NULL, 0, completions, 1));
    CHECK_EQUAL(4, completions[0].tag);
    submit(&rig, NVME_READ, 5, 5);
    check_given_up(&rig, 5, 1);
    reset(&rig);
    submit(&rig, NVME_READ, 6, 6);
    check_next(&rig, 6);
    rig_close(&rig);
}

/* The driver waits at that entry for ever; what was given up is told of once. */
static void behind_a_wrong_phase_nothing_completes(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=3,wrong-phase");
    for (uint64_t tag = 0; tag < 2; tag++) {
        submit(&rig, NVME_READ, tag, tag);
        check_next(&rig, tag);
    }
    for (uint64_t tag = 2; tag < 6; tag++) {
        submit(&rig, NVME_READ, tag, tag);
    }
    check_silence(&rig);
    CHECK_EQUAL(0, n4j_ctrlr_reset(rig.disk.ctrlr, 1000, text, sizeof(text)));
    check_given_up(&rig, 2, 4);
    reset(&rig);
    submit(&rig, NVME_READ, 0, 9);
    check_next(&rig, 9);
    rig_close(&rig);
}

static void a_doorbell_that_was_ignored_is_made_up_for_by_the_next(void) {
    struct rig rig;
    rig_open(&rig, "faults:read,command=2,doorbell-ignored");
    submit(&rig, NVME_READ, 0, 0);
    check_next(&rig, 0);
    submit(&rig, NVME_READ, 1, 1);
    check_silence(&rig);
    submit(&rig, NVME_READ, 2, 2);
    check_next(&rig, 1);
    check_next(&rig, 2);
    n4j_injected injected;
    CHECK_EQUAL(1, n4j_drive_history(rig.drive, 0, &injected, 1));
    CHECK_EQUAL(2, injected.command);
    rig_close(&rig);
}

/* ---- any of them at any time ---- */

struct stream {
    struct rig *rig;
    bool is_out[COMMANDS]; /* by tag */
    unsigned told[COMMANDS];
    unsigned submitted;
    unsigned in_flight;
    unsigned resets;
    uint64_t patience; /* looks in vain, then a reset */
};

static void note(struct stream *stream, const n4j_completion *completions, int count) {
    for (int i = 0; i < count; i++) {
        CHECK(completions[i].tag < COMMANDS && stream->is_out[completions[i].tag]);
        stream->is_out[completions[i].tag] = false;
        stream->told[completions[i].tag]++;
        stream->in_flight--;
    }
}

static void submit_next(struct stream *stream) {
    while (stream->submitted < COMMANDS && stream->in_flight < DEPTH) {
        n4j_submission read = io_command(NVME_READ, stream->submitted, 1);
        read.prp1 = stream->rig->data.iovas[0];
        read.tag = stream->submitted;
        stream->is_out[stream->submitted++] = true;
        stream->in_flight++;
        CHECK_EQUAL(0, n4j_qpair_process(stream->rig->disk.qpair, &read, 1, NULL, 0));
    }
}

/* What a caller does whose commands take too long, or whose queue pair has failed. */
static void recover(struct stream *stream) {
    n4j_completion completions[DEPTH];
    int count;
    CHECK_EQUAL(0, n4j_ctrlr_reset(stream->rig->disk.ctrlr, 1000, text, sizeof(text)));
    while ((count = n4j_qpair_process(stream->rig->disk.qpair, NULL, 0, completions, DEPTH)) >= 0) {
        note(stream, completions, count);
    }
    CHECK_EQUAL(-ENXIO, count);
    CHECK_EQUAL(0, stream->in_flight);
    reset(stream->rig);
    stream->resets++;
}

static void run_stream(struct stream *stream) {
    n4j_completion completions[DEPTH];
    uint64_t looks_in_vain = 0;
    while (stream->submitted < COMMANDS || stream->in_flight > 0) {
        submit_next(stream);
        const int count = n4j_qpair_process(stream->rig->disk.qpair, NULL, 0, completions, DEPTH);
        note(stream, completions, count > 0 ? count : 0);
        looks_in_vain = count > 0 ? 0 : looks_in_vain + 1;
        if (count < 0 || looks_in_vain == stream->patience) {
            recover(stream);
            looks_in_vain = 0;
        }
        sched_yield();
    }
}

static void each_command_is_told_of_once(void) {
    static const char *const effects[] = {
        "dropped",      "late=1",           "late=3",       "late=1us",        "twice",
        "wrong-cid=0",  "wrong-cid=3",      "wrong-cid=99", "wrong-cid=65535", "wrong-sqhd=0",
        "wrong-sqhd=5", "wrong-sqhd=65535", "wrong-phase",  "doorbell-ignored"};
    static const char *const modes[] = {"inline", "threaded"};
    unsigned resets = 0;
    uint64_t faults = 0;
    for (unsigned i = 0; i < sizeof(effects) / sizeof(effects[0]); i++) {
        for (unsigned seed = 0; seed < 10; seed++) {
            static struct stream stream;
            struct rig rig;
            char keys[200];
            snprintf(keys, sizeof(keys), "mode:%s seed:%u faults:any,one-in=40,%s", modes[seed % 2],
                     seed, effects[i]);
            rig_open(&rig, keys);
            stream = (struct stream){.rig = &rig, .patience = PATIENCE};
            run_stream(&stream);
            for (unsigned tag = 0; tag < COMMANDS; tag++) {
                CHECK_EQUAL(1, stream.told[tag]);
            }
            resets += stream.resets;
            faults += n4j_drive_history(rig.drive, 0, NULL, 0);
            rig_close(&rig);
        }
    }
    printf("    %llu faults, %u resets\n", (unsigned long long)faults, resets);
    CHECK(faults > 500 && resets > 50);
}

static void a_run_repeats(void) {
    static n4j_injected histories[3][64];
    static const char *const modes[] = {"inline", "threaded", "inline"};
    uint64_t counts[3];
    for (unsigned i = 0; i < 3; i++) {
        static struct stream stream;
        struct rig rig;
        char keys[200];
        snprintf(keys, sizeof(keys),
                 "mode:%s seed:5 faults:any,one-in=30,late=2;any,one-in=30,late=10us;"
                 "any,one-in=40,fails=6",
                 modes[i]);
        rig_open(&rig, keys);
        stream = (struct stream){.rig = &rig, .patience = UINT64_MAX};
        run_stream(&stream);
        counts[i] = n4j_drive_history(rig.drive, 0, histories[i], 64);
        rig_close(&rig);
        CHECK(counts[i] > 10 && counts[i] <= 64);
        CHECK_EQUAL(counts[0], counts[i]);
        CHECK(memcmp(histories[0], histories[i], sizeof(histories[0])) == 0);
    }
}

static void what_is_no_rule_says_why(void) {
    static const char *const cases[][2] = {
        {"faults:read,late=0", "is no number of completions"},
        {"faults:read,late=2h", "is no number of completions"},
        {"faults:read,late", "is unknown"},
        {"faults:read,wrong-cid=65536", "takes a number up to 65535"},
        {"faults:read,wrong-sqhd=x", "takes a number up to 65535"},
        {"faults:read,dropped=1", "is unknown"},
        {"faults:read,dropped,stuck", "wants one effect"},
        {"faults:read,twice,dnr", "without fails"},
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_CONTAINS(cases[i][1], attach_error(cases[i][0], -EINVAL));
    }
}

int main(void) {
    RUN(what_is_dropped_was_executed_and_is_given_up_by_a_reset);
    RUN(what_is_late_was_executed_at_once);
    RUN(what_is_late_completes_after_others);
    RUN(what_is_late_is_not_aborted);
    RUN(an_entry_with_a_wrong_field_fails_the_controller);
    RUN(a_second_completion_ends_no_other_command);
    RUN(behind_a_wrong_phase_nothing_completes);
    RUN(a_doorbell_that_was_ignored_is_made_up_for_by_the_next);
    RUN(each_command_is_told_of_once);
    RUN(a_run_repeats);
    RUN(what_is_no_rule_says_why);
    return 0;
}
