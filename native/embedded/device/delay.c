/* SPDX-License-Identifier: Apache-2.0 */

#include "device/delay.h"

#include <time.h>

uint64_t delay_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void delay_open(struct delay_queue *queue, unsigned qid) {
    queue->random = UINT64_C(0x9e3779b97f4a7c15) * (qid + 1);
    for (unsigned i = 0; i < DELAY_LINES; i++) {
        queue->lines[i].first = 0;
        queue->lines[i].count = 0;
    }
}

uint32_t delay_waiting(const struct delay_queue *queue) {
    return queue->lines[DELAY_USUAL].count + queue->lines[DELAY_SLOW].count;
}

/* xorshift64 */
static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

void delay_add(struct delay_queue *queue, const struct delay_config *config, uint64_t now_ns,
               struct delayed_completion completion) {
    const bool is_slow = (next_random(&queue->random) >> 32) % 100 < config->slow_percent;
    const unsigned which = is_slow ? DELAY_SLOW : DELAY_USUAL;
    struct delay_line *line = &queue->lines[which];
    completion.due_ns = now_ns + config->latency_ns[which];
    line->entries[(line->first + line->count++) % DELAY_ENTRIES] = completion;
}

bool delay_take(struct delay_queue *queue, uint64_t now_ns, struct delayed_completion *completion) {
    for (unsigned i = 0; i < DELAY_LINES; i++) {
        struct delay_line *line = &queue->lines[i];
        if (line->count > 0 && line->entries[line->first].due_ns <= now_ns) {
            *completion = line->entries[line->first];
            line->first = (line->first + 1) % DELAY_ENTRIES;
            line->count--;
            return true;
        }
    }
    return false;
}
