/* SPDX-License-Identifier: Apache-2.0 */

/* Completions that are held back: none comes too early, all come, by the share that is set. */
#include "check.h"
#include "device/delay.h"
#include "fixture.h"

#define DEPTH 64

/* Commands that took at least `slow_ns`, of DEPTH that began together; all took `least_ns`. */
static unsigned count_slow(const char *keys, uint64_t least_ns, uint64_t slow_ns) {
    struct disk disk = disk_open(keys, DEPTH);
    n4j_submission submissions[DEPTH];
    for (unsigned i = 0; i < DEPTH; i++) {
        submissions[i] = io_command(NVME_WRITE_ZEROES, i, 1);
        submissions[i].tag = i;
    }
    n4j_completion completions[DEPTH];
    bool seen[DEPTH] = {false};
    unsigned slow = 0;
    const uint64_t start = delay_now_ns();
    int reaped = n4j_qpair_process(disk.qpair, submissions, DEPTH, completions, DEPTH);
    for (unsigned done = 0; done < DEPTH;) {
        CHECK(reaped >= 0);
        const uint64_t elapsed = delay_now_ns() - start;
        for (int i = 0; i < reaped; i++) {
            CHECK_EQUAL(0, completions[i].status);
            CHECK(!seen[completions[i].tag]);
            CHECK(elapsed >= least_ns);
            seen[completions[i].tag] = true;
            slow += elapsed >= slow_ns ? 1 : 0;
        }
        done += (unsigned)reaped;
        reaped = n4j_qpair_process(disk.qpair, NULL, 0, completions, DEPTH);
    }
    disk_close(&disk);
    return slow;
}

static void no_completion_comes_too_early(void) {
    count_slow("size:1M latency:3000", 3000000, 0);
    count_slow("size:1M latency:3000 mode:threaded", 3000000, 0);
}

static void all_are_slow_or_some(void) {
    CHECK_EQUAL(DEPTH, count_slow("size:1M slow:100 slow_latency:4000", 4000000, 4000000));
    const unsigned half = count_slow("size:1M slow:50 slow_latency:200000", 0, 200000000);
    CHECK(half > DEPTH / 8 && half < DEPTH - DEPTH / 8);
}

static void a_queue_may_go_while_completions_wait(void) {
    struct disk disk = disk_open("size:1M latency:50000", 4);
    n4j_submission submission = io_command(NVME_WRITE_ZEROES, 0, 1);
    n4j_completion completion;
    CHECK_EQUAL(0, n4j_qpair_process(disk.qpair, &submission, 1, &completion, 1));
    disk_close(&disk);
}

static void shares_are_as_set(void) {
    static struct delay_queue queue;
    const struct delay_config config = {.latency_ns = {1, 2}, .slow_percent = 1};
    delay_open(&queue, 1);
    unsigned slow = 0;
    for (unsigned i = 0; i < 100000; i++) {
        struct delayed_completion completion = {.cid = 7};
        delay_add(&queue, &config, 10, completion);
        CHECK(!delay_take(&queue, 10, &completion));
        slow += delay_take(&queue, 11, &completion) ? 0 : 1;
        CHECK(delay_waiting(&queue) == 0 || delay_take(&queue, 12, &completion));
    }
    CHECK(slow > 850 && slow < 1150);
}

int main(void) {
    RUN(no_completion_comes_too_early);
    RUN(all_are_slow_or_some);
    RUN(a_queue_may_go_while_completions_wait);
    RUN(shares_are_as_set);
    return 0;
}
