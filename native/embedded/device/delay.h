/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Completions that are held back, as a device's that takes its time: most for one time, some for
 * another. Commands are executed when they are fetched; it is their completion that waits.
 */
#ifndef EMBEDDED_DEVICE_DELAY_H
#define EMBEDDED_DEVICE_DELAY_H

#include <stdbool.h>
#include <stdint.h>

#define DELAY_ENTRIES 4096 /* as many as a queue has */

struct delayed_completion {
    uint64_t due_ns;
    uint32_t result;
    uint16_t cid;
    uint16_t status;
};

/* Completions that wait equally long, so that they are due in their order. */
struct delay_line {
    uint32_t first;
    uint32_t count;
    struct delayed_completion entries[DELAY_ENTRIES];
};

enum { DELAY_USUAL, DELAY_SLOW, DELAY_LINES };

/* Of one queue. */
struct delay_queue {
    uint64_t random;
    struct delay_line lines[DELAY_LINES];
};

struct delay_config {
    uint64_t latency_ns[DELAY_LINES];
    uint32_t slow_percent;
};

uint64_t delay_now_ns(void);

void delay_open(struct delay_queue *queue, unsigned qid);
uint32_t delay_waiting(const struct delay_queue *queue);
/* There is room while fewer than DELAY_ENTRIES wait. */
void delay_add(struct delay_queue *queue, const struct delay_config *config, uint64_t now_ns,
               struct delayed_completion completion);
/* Takes one that is due, if there is any. */
bool delay_take(struct delay_queue *queue, uint64_t now_ns, struct delayed_completion *completion);

#endif
