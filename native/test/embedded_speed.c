/* SPDX-License-Identifier: Apache-2.0 */

/*
 * embedded_speed [DEPTH [KEYS]]: nanoseconds that a 4 KiB random read takes a program in C that uses
 * the shim itself, median of nine runs. What Java is measured against: bench/compare-c-loop.
 */
#include "check.h"
#include "clock.h"
#include "fixture.h"

#define BYTES 4096u
#define BLOCKS (BYTES / 512)
#define COMMANDS 2000000u
#define RUNS 9

struct loop {
    struct disk disk;
    struct buffer data;
    uint32_t depth;
    uint64_t random;
    uint64_t failed;
    n4j_submission *batch;
    n4j_completion *completions;
    uint32_t *free; /* slots without a command: a stack */
    uint32_t free_count;
};

/* One of 2^24 places. */
static uint64_t random_lba(struct loop *loop) {
    loop->random = loop->random * 6364136223846793005u + 1442695040888963407u;
    return (loop->random >> 40) * BLOCKS;
}

static void prepare_read(struct loop *loop, n4j_submission *submission) {
    const uint32_t slot = loop->free[--loop->free_count];
    const uint64_t lba = random_lba(loop);
    *submission = (n4j_submission){
        .opc = NVME_READ,
        .nsid = 1,
        .prp1 = loop->data.iovas[slot],
        .cdw10 = (uint32_t)lba,
        .cdw11 = (uint32_t)(lba >> 32),
        .cdw12 = BLOCKS - 1,
        .tag = slot,
        .data_length = BYTES,
        .data_form = N4J_DATA_PRP,
    };
}

static void reap(struct loop *loop, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const n4j_completion *completion = &loop->completions[i];
        loop->failed += completion->status != 0 || completion->error != 0;
        loop->free[loop->free_count++] = (uint32_t)completion->tag;
    }
}

/* Keeps the queue full until `COMMANDS` have completed, and all of them have. */
static double run(struct loop *loop) {
    const uint64_t begin = n4j_now_ns();
    uint32_t submitted = 0;
    uint32_t completed = 0;
    while (completed < COMMANDS) {
        uint32_t count = 0;
        while (loop->free_count > 0 && submitted < COMMANDS) {
            prepare_read(loop, &loop->batch[count++]);
            submitted++;
        }
        const int done =
            n4j_qpair_process(loop->disk.qpair, loop->batch, count, loop->completions, loop->depth);
        reap(loop, (uint32_t)done);
        completed += (uint32_t)done;
    }
    return (double)(n4j_now_ns() - begin) / COMMANDS;
}

static int ascending(const void *a, const void *b) {
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int count, char **arguments) {
    struct loop loop = {.depth = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 32,
                        .random = 1};
    loop.disk = disk_open(count > 2 ? arguments[2] : "traddr:null size:64G", loop.depth);
    loop.data = buffer_alloc(&loop.disk, loop.depth * (uint64_t)BYTES);
    loop.batch = calloc(loop.depth, sizeof(*loop.batch));
    loop.completions = calloc(loop.depth, sizeof(*loop.completions));
    loop.free = calloc(loop.depth, sizeof(*loop.free));
    while (loop.free_count < loop.depth) {
        loop.free[loop.free_count] = loop.free_count;
        loop.free_count++;
    }
    double ns[RUNS];
    for (int i = 0; i < RUNS; i++) {
        ns[i] = run(&loop);
    }
    qsort(ns, RUNS, sizeof(*ns), ascending);
    printf("C     depth %4u  %6.2f ns\n", loop.depth, ns[RUNS / 2]);
    CHECK_EQUAL(0, loop.failed);
    free(loop.batch);
    free(loop.completions);
    free(loop.free);
    buffer_free(&loop.data);
    disk_close(&loop.disk);
    return 0;
}
