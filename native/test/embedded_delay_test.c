/* SPDX-License-Identifier: Apache-2.0 */

/* Commands that take their time, are aborted meanwhile, or meet a reset. */
#include <errno.h>
#include <stdlib.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"

#define BLOCK 512
#define MS 1000000

static n4j_submission move(uint8_t opcode, uint64_t slba, const struct buffer *data, uint64_t tag) {
    n4j_submission submission = io_command(opcode, slba, 1);
    submission.prp1 = data->iovas[0];
    submission.data_length = BLOCK;
    submission.data_form = N4J_DATA_PRP;
    submission.tag = tag;
    return submission;
}

/* Nothing completes, and no data move, before a command is due. */
static void commands_take_as_long_as_they_are_to(const char *mode) {
    char keys[64];
    snprintf(keys, sizeof(keys), "latency:20ms mode:%s", mode);
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    memset(data.data, 0xAA, PAGE);
    n4j_completion completion;
    n4j_submission read = move(NVME_READ, 0, &data, 7);
    const uint64_t begin = n4j_now_ns();
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, &read, 1, &completion, 1));
    CHECK(is_filled(data.data, BLOCK, 0xAA));
    disk_reap(&disk, &completion, 1);
    CHECK(n4j_now_ns() - begin >= 20 * MS);
    CHECK_EQUAL(7, completion.tag);
    CHECK_EQUAL(0, completion.status);
    CHECK(is_filled(data.data, BLOCK, 0));
    buffer_free(&data);
    disk_close(&disk);
}

/* The share of slow commands is what was asked for, and they come after the others. */
static void some_commands_are_slow(void) {
    enum { COMMANDS = 1000 };
    struct disk disk = disk_open("latency:1us slow:10% slow_latency:300ms seed:5", COMMANDS);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_submission *reads = calloc(COMMANDS, sizeof(*reads));
    n4j_completion *completions = calloc(COMMANDS, sizeof(*completions));
    for (uint32_t i = 0; i < COMMANDS; i++) {
        reads[i] = move(NVME_READ, i, &data, i);
    }
    const uint64_t begin = n4j_now_ns();
    uint32_t early = 0;
    uint32_t done = (uint32_t)n4j_qpair_process(disk.qpair, reads, COMMANDS, completions, COMMANDS);
    while (done < COMMANDS) {
        if (n4j_now_ns() - begin < 250 * MS) {
            early = done;
        }
        done += (uint32_t)n4j_qpair_process(disk.qpair, NULL, 0, completions, COMMANDS);
    }
    CHECK(n4j_now_ns() - begin >= 300 * MS);
    CHECK(early > 850 && early < 950);
    free(reads);
    free(completions);
    buffer_free(&data);
    disk_close(&disk);
}

static void abort_ends_a_command_that_is_not_due(const char *mode) {
    char keys[64];
    snprintf(keys, sizeof(keys), "latency:1000s mode:%s", mode);
    struct disk disk = disk_open(keys, 8);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_completion completions[8];
    n4j_submission commands[8];
    memset(data.data, 0xAA, PAGE);
    for (uint32_t i = 0; i < 8; i++) {
        commands[i] = move(NVME_READ, i, &data, 100 + i);
    }
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, commands, 8, completions, 8));
    CHECK_EQUAL(-ENOENT, n4j_qpair_abort(disk.qpair, 99));
    /* The controller may not have fetched it yet, and an Abort then does nothing. */
    uint32_t done = 0;
    while (done == 0) {
        CHECK_EQUAL(0, n4j_qpair_abort(disk.qpair, 105));
        done = (uint32_t)n4j_qpair_process(disk.qpair, NULL, 0, completions, 8);
    }
    CHECK_EQUAL(1, done);
    CHECK_EQUAL(105, completions[0].tag);
    CHECK_EQUAL(NVME_ABORT_REQUESTED, completions[0].status & 0x7FF);
    CHECK(is_filled(data.data, BLOCK, 0xAA));
    CHECK_EQUAL(-ENOENT, n4j_qpair_abort(disk.qpair, 105));
    /* The others are dropped with their queue. */
    n4j_qpair_destroy(disk.qpair);
    memset(data.data, 0xBB, PAGE);
    CHECK(is_filled(data.data, BLOCK, 0xBB));
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 8, 0, &disk.qpair, NULL, 0));
    buffer_free(&data);
    disk_close(&disk);
}

static void a_reset_fails_queue_pairs_and_new_ones_work(const char *mode) {
    char keys[64];
    snprintf(keys, sizeof(keys), "size:1M latency:1ms mode:%s", mode);
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    n4j_completion completions[4];
    memset(data.data, 0x5C, PAGE);
    n4j_submission write = move(NVME_WRITE, 3, &data, 1);
    CHECK_EQUAL(0, disk_run(&disk, &write));
    n4j_submission commands[3];
    for (uint32_t i = 0; i < 3; i++) {
        commands[i] = move(NVME_READ, 3, &data, i);
    }
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, commands, 3, completions, 4));
    CHECK_EQUAL(0, n4j_ctrlr_reset(disk.ctrlr, 0, NULL, 0));
    /* Each of the three, and one that comes too late, exactly once. */
    n4j_submission late = move(NVME_READ, 3, &data, 3);
    uint32_t seen = 0;
    int count = n4j_qpair_process(disk.qpair, &late, 1, completions, 4);
    while (count >= 0) {
        for (int i = 0; i < count; i++) {
            CHECK_EQUAL(0, seen >> completions[i].tag & 1);
            CHECK_EQUAL(ENXIO, completions[i].error);
            seen |= 1u << completions[i].tag;
        }
        count = n4j_qpair_process(disk.qpair, NULL, 0, completions, 4);
    }
    CHECK_EQUAL(-ENXIO, count);
    CHECK_EQUAL(0xF, seen);
    /* A new one beside the old one, which stays failed. */
    n4j_qpair *old = disk.qpair;
    CHECK_EQUAL(0, n4j_qpair_create(disk.ctrlr, 4, 0, &disk.qpair, NULL, 0));
    memset(data.data, 0, PAGE);
    n4j_submission read = move(NVME_READ, 3, &data, 9);
    CHECK_EQUAL(0, disk_run(&disk, &read));
    CHECK(is_filled(data.data, BLOCK, 0x5C));
    CHECK_EQUAL(-ENXIO, n4j_qpair_process(old, NULL, 0, completions, 4));
    CHECK_EQUAL(0, n4j_qpair_destroy(old));
    CHECK_EQUAL(0, disk_run(&disk, &read));
    buffer_free(&data);
    disk_close(&disk);
}

static void bad_values_are_named(void) {
    CHECK(strstr(attach_error("latency:5", -EINVAL), "latency") != NULL);
    CHECK(strstr(attach_error("latency:-5us", -EINVAL), "latency") != NULL);
    CHECK(strstr(attach_error("latency:infs", -EINVAL), "latency") != NULL);
    CHECK(strstr(attach_error("latency:5h", -EINVAL), "latency") != NULL);
    CHECK(strstr(attach_error("latency:99999s", -EINVAL), "an hour") != NULL);
    CHECK(strstr(attach_error("slow:5 slow_latency:1ms", -EINVAL), "slow") != NULL);
    CHECK(strstr(attach_error("slow:101% slow_latency:1ms", -EINVAL), "100%") != NULL);
    CHECK(strstr(attach_error("slow:1%", -EINVAL), "go together") != NULL);
    CHECK(strstr(attach_error("slow_latency:1ms", -EINVAL), "go together") != NULL);
}

int main(void) {
    commands_take_as_long_as_they_are_to("inline");
    commands_take_as_long_as_they_are_to("threaded");
    some_commands_are_slow();
    abort_ends_a_command_that_is_not_due("inline");
    abort_ends_a_command_that_is_not_due("threaded");
    a_reset_fails_queue_pairs_and_new_ones_work("inline");
    a_reset_fails_queue_pairs_and_new_ones_work("threaded");
    bad_values_are_named();
    return 0;
}
