/* SPDX-License-Identifier: Apache-2.0 */

/* Fused Compare and Write (Base, "Fused Operations"): as one, or neither. */
#include <pthread.h>
#include <stdio.h>

#include "check.h"
#include "fixture.h"

#define BLOCK 512

/* Compare of the buffer's first page's block and Write of the second's, at `slba`. */
static void make_pair(n4j_submission *pair, const struct buffer *data, uint64_t slba) {
    for (unsigned i = 0; i < 2; i++) {
        pair[i] = io_command(i == 0 ? NVME_COMPARE : NVME_WRITE, slba, 1);
        pair[i].flags = i == 0 ? NVME_FUSE_FIRST : NVME_FUSE_SECOND;
        pair[i].prp1 = data->iovas[i];
        pair[i].data_length = BLOCK;
        pair[i].data_form = N4J_DATA_PRP;
        pair[i].tag = i;
    }
}

/* Statuses by tag. */
static void run(struct disk *disk, const n4j_submission *commands, uint32_t count,
                uint16_t *statuses) {
    n4j_completion completions[4];
    uint32_t done = (uint32_t)n4j_qpair_process(disk->qpair, commands, count, completions, 4);
    disk_reap(disk, completions + done, count - done);
    for (uint32_t i = 0; i < count; i++) {
        statuses[completions[i].tag] = completions[i].status & 0x7FF;
    }
}

static uint8_t first_byte(struct disk *disk, struct buffer *data, uint64_t slba) {
    disk_move(disk, NVME_READ, slba, 1, BLOCK, data, 2 * PAGE);
    return data->data[2 * PAGE];
}

static void the_write_goes_where_the_compare_does(const char *keys) {
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, 4 * PAGE);
    n4j_submission pair[2];
    uint16_t statuses[4];
    make_pair(pair, &data, 5);
    memset(data.data + PAGE, 0x11, PAGE);
    run(&disk, pair, 2, statuses); /* the disk is all zeroes, as is the first page */
    CHECK_EQUAL(NVME_SUCCESS, statuses[0]);
    CHECK_EQUAL(NVME_SUCCESS, statuses[1]);
    CHECK_EQUAL(0x11, first_byte(&disk, &data, 5));
    memset(data.data + PAGE, 0x22, PAGE);
    run(&disk, pair, 2, statuses);
    CHECK_EQUAL(NVME_COMPARE_FAILURE, statuses[0]);
    CHECK_EQUAL(NVME_ABORTED_FAILED_FUSED, statuses[1]);
    CHECK_EQUAL(0x11, first_byte(&disk, &data, 5));
    buffer_free(&data);
    disk_close(&disk);
}

/* The queue has 5 entries, so that pairs begin at each of them, the last one too. */
static void a_pair_goes_over_the_end_of_the_ring(void) {
    struct disk disk = disk_open("", 4);
    struct buffer data = buffer_alloc(&disk, 4 * PAGE);
    uint16_t statuses[4];
    for (unsigned i = 0; i < 50; i++) {
        n4j_submission pair[2];
        make_pair(pair, &data, i);
        memset(data.data + PAGE, 0x33, PAGE);
        run(&disk, pair, 2, statuses);
        CHECK_EQUAL(NVME_SUCCESS, statuses[0]);
        CHECK_EQUAL(NVME_SUCCESS, statuses[1]);
        CHECK_EQUAL(0x33, first_byte(&disk, &data, i)); /* moves the ring by one */
    }
    buffer_free(&data);
    disk_close(&disk);
}

static void half_a_pair_is_refused(void) {
    struct disk disk = disk_open("", 4);
    struct buffer data = buffer_alloc(&disk, 4 * PAGE);
    n4j_submission pair[2];
    uint16_t statuses[4];
    make_pair(pair, &data, 5);
    memset(data.data + PAGE, 0x44, PAGE);
    for (unsigned i = 0; i < 2; i++) { /* each alone, under a doorbell of its own */
        run(&disk, &pair[i], 1, statuses);
        CHECK_EQUAL(NVME_ABORTED_MISSING_FUSED, statuses[i]);
    }
    n4j_submission apart[3] = {pair[0], io_command(NVME_FLUSH, 0, 0), pair[1]};
    apart[1].cdw12 = 0;
    apart[1].tag = 2;
    run(&disk, apart, 3, statuses);
    CHECK_EQUAL(NVME_ABORTED_MISSING_FUSED, statuses[0]);
    CHECK_EQUAL(NVME_ABORTED_MISSING_FUSED, statuses[1]);
    CHECK_EQUAL(NVME_SUCCESS, statuses[2]);
    CHECK_EQUAL(0, first_byte(&disk, &data, 5));
    buffer_free(&data);
    disk_close(&disk);
}

static void other_pairs_are_refused(void) {
    struct disk disk = disk_open("", 4);
    struct buffer data = buffer_alloc(&disk, 4 * PAGE);
    n4j_submission pair[2];
    uint16_t statuses[4];
    make_pair(pair, &data, 5);
    pair[1].cdw10 = 6; /* another range */
    run(&disk, pair, 2, statuses);
    CHECK_EQUAL(NVME_INVALID_FIELD, statuses[0]);
    CHECK_EQUAL(NVME_INVALID_FIELD, statuses[1]);
    make_pair(pair, &data, 5);
    pair[1].opc = NVME_READ;
    run(&disk, pair, 2, statuses);
    CHECK_EQUAL(NVME_INVALID_FIELD, statuses[0]);
    make_pair(pair, &data, UINT64_C(1) << 40);
    run(&disk, pair, 2, statuses);
    CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, statuses[0]);
    CHECK_EQUAL(NVME_LBA_OUT_OF_RANGE, statuses[1]);
    buffer_free(&data);
    disk_close(&disk);
}

#define ROUNDS 2000
static n4j_ctrlr *shared;

/* Counts up by compare and write: each success is one step that nobody else took. */
static void *count_up(void *argument) {
    struct disk disk = {.ctrlr = shared};
    uint64_t *steps = argument;
    CHECK_EQUAL(0, n4j_qpair_create(shared, 4, 0, &disk.qpair, NULL, 0));
    struct buffer data = buffer_alloc(&disk, 4 * PAGE);
    n4j_submission pair[2];
    uint16_t statuses[4];
    for (unsigned i = 0; i < ROUNDS; i++) {
        disk_move(&disk, NVME_READ, 9, 1, BLOCK, &data, 0);
        memcpy(data.data + PAGE, data.data, BLOCK);
        ++*(uint64_t *)(void *)(data.data + PAGE);
        make_pair(pair, &data, 9);
        run(&disk, pair, 2, statuses);
        *steps += statuses[0] == NVME_SUCCESS;
    }
    buffer_free(&data);
    n4j_qpair_destroy(disk.qpair);
    return NULL;
}

static void nothing_comes_between(const char *keys) {
    struct disk disk = disk_open(keys, 4);
    struct buffer data = buffer_alloc(&disk, PAGE);
    pthread_t threads[3];
    uint64_t steps[3] = {0};
    shared = disk.ctrlr;
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQUAL(0, pthread_create(&threads[i], NULL, count_up, &steps[i]));
    }
    for (unsigned i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    disk_move(&disk, NVME_READ, 9, 1, BLOCK, &data, 0);
    CHECK_EQUAL(steps[0] + steps[1] + steps[2], *(uint64_t *)(void *)data.data);
    buffer_free(&data);
    disk_close(&disk);
}

int main(void) {
    the_write_goes_where_the_compare_does("");
    the_write_goes_where_the_compare_does("mode:threaded iova:scrambled");
    the_write_goes_where_the_compare_does("latency:1ms");
    the_write_goes_where_the_compare_does("mode:threaded latency:100us");
    a_pair_goes_over_the_end_of_the_ring();
    half_a_pair_is_refused();
    other_pairs_are_refused();
    nothing_comes_between("");
    nothing_comes_between("mode:threaded");
    return 0;
}
