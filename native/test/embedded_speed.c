/* SPDX-License-Identifier: Apache-2.0 */

/* embedded_speed [DEPTH [KEYS]]: nanoseconds that a 4 KiB random read takes, best of ten runs. */
#include <time.h>

#include "check.h"
#include "fixture.h"

#define BLOCKS 8
#define COMMANDS 1000000u

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Keeps `depth` commands in flight until `COMMANDS` have completed, and all of them have. */
static double run(struct disk *disk, n4j_submission *batch, n4j_completion *completions,
                  uint32_t depth, uint64_t *random) {
    const uint64_t begin = now_ns();
    uint32_t completed = 0;
    uint32_t submitted = 0;
    while (completed < COMMANDS) {
        uint32_t count = depth - (submitted - completed);
        count = submitted + count > COMMANDS ? COMMANDS - submitted : count;
        for (uint32_t i = 0; i < count; i++) {
            batch[i].cdw10 = (uint32_t)(next_random(random) % 100000) * BLOCKS;
        }
        submitted += count;
        completed += (uint32_t)n4j_qpair_process(disk->qpair, batch, count, completions, depth);
    }
    return (double)(now_ns() - begin) / COMMANDS;
}

int main(int count, char **arguments) {
    const uint32_t depth = count > 1 ? (uint32_t)strtoul(arguments[1], NULL, 10) : 32;
    struct disk disk = disk_open(count > 2 ? arguments[2] : "traddr:null", depth);
    struct buffer data = buffer_alloc(&disk, depth * (uint64_t)PAGE);
    n4j_submission *batch = calloc(depth, sizeof(*batch));
    n4j_completion *completions = calloc(depth, sizeof(*completions));
    uint64_t random = 1;
    double best = 1e9;
    for (uint32_t i = 0; i < depth; i++) {
        batch[i] = io_command(NVME_READ, 0, BLOCKS);
        batch[i].prp1 = data.iovas[i];
    }
    for (int i = 0; i < 10; i++) {
        const double ns = run(&disk, batch, completions, depth, &random);
        best = ns < best ? ns : best;
    }
    printf("%s, depth %u: %.1f ns\n", n4j_ctrlr_description(disk.ctrlr), depth, best);
    free(batch);
    free(completions);
    buffer_free(&data);
    disk_close(&disk);
    return 0;
}
