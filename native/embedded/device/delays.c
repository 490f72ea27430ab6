/* SPDX-License-Identifier: Apache-2.0 */

#include "device/delays.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CIDS 65536u

bool delays_open(struct delays *delays, const struct delay_rules *rules, unsigned qid,
                 uint32_t capacity) {
    *delays = (struct delays){.rules = *rules, .capacity = capacity};
    /* Never 0, which xorshift would stay at; another for each queue. */
    delays->random = (rules->seed + qid) * 0x9e3779b97f4a7c15 | 1;
    if (!delay_rules_are_set(rules)) {
        return true;
    }
    delays->heap = calloc(capacity, sizeof(*delays->heap));
    delays->cids = calloc(CIDS / 64, sizeof(*delays->cids));
    pthread_mutex_init(&delays->lock, NULL);
    if (delays->heap == NULL || delays->cids == NULL) {
        free(delays->heap);
        free(delays->cids);
        delays->heap = NULL;
        return false;
    }
    return true;
}

void delays_close(struct delays *delays) {
    if (delays->heap != NULL) {
        pthread_mutex_destroy(&delays->lock);
        free(delays->heap);
        free(delays->cids);
        delays->heap = NULL;
        delays->count = 0;
    }
}

/* xorshift64* */
static uint32_t draw(struct delays *delays) {
    delays->random ^= delays->random >> 12;
    delays->random ^= delays->random << 25;
    delays->random ^= delays->random >> 27;
    return (uint32_t)((delays->random * 0x2545f4914f6cdd1d) >> 32);
}

static bool is_before(const struct delayed_command *a, const struct delayed_command *b) {
    return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->number < b->number;
}

static void swap(struct delayed_command *a, struct delayed_command *b) {
    const struct delayed_command other = *a;
    *a = *b;
    *b = other;
}

static void sift_up(struct delays *delays, uint32_t at) {
    struct delayed_command *heap = delays->heap;
    while (at > 0 && is_before(&heap[at], &heap[(at - 1) / 2])) {
        swap(&heap[at], &heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static void sift_down(struct delays *delays) {
    struct delayed_command *heap = delays->heap;
    for (uint32_t at = 0, child = 1; child < delays->count; child = 2 * at + 1) {
        if (child + 1 < delays->count && is_before(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!is_before(&heap[child], &heap[at])) {
            return;
        }
        swap(&heap[child], &heap[at]);
        at = child;
    }
}

/* False: it is in use. */
static bool take_cid(struct delays *delays, uint16_t cid) {
    uint64_t *word = &delays->cids[cid / 64];
    const uint64_t bit = UINT64_C(1) << cid % 64;
    const bool is_free = (*word & bit) == 0;
    *word |= bit;
    return is_free;
}

static void give_cid(struct delays *delays, uint16_t cid) {
    delays->cids[cid / 64] &= ~(UINT64_C(1) << cid % 64);
}

static bool take_cids(struct delays *delays, const struct nvme_sqe *sqe,
                      const struct nvme_sqe *second) {
    if (!take_cid(delays, sqe->cid)) {
        return false;
    }
    if (second != NULL && !take_cid(delays, second->cid)) {
        give_cid(delays, sqe->cid);
        return false;
    }
    return true;
}

void delays_add(struct delays *delays, const struct nvme_sqe *sqe, const struct nvme_sqe *second,
                const struct fault *fault, uint64_t now_ns) {
    const struct delay_rules *rules = &delays->rules;
    const bool is_slow = rules->slow_share != 0 && draw(delays) < rules->slow_share;
    assert(delays->count < delays->capacity);
    struct delayed_command *command = &delays->heap[delays->count];
    command->due_ns = fault->is_stuck ? UINT64_MAX
                                      : now_ns + fault->slow_ns +
                                            (is_slow ? rules->slow_latency_ns : rules->latency_ns);
    command->fault = *fault;
    command->submission = delays->submission;
    command->number = delays->number++;
    command->status = NVME_SUCCESS;
    command->is_executed = false;
    command->after = 0;
    memcpy(&command->sqe, sqe, sizeof(command->sqe));
    command->is_fused = second != NULL;
    if (second != NULL) {
        memcpy(&command->second, second, sizeof(command->second));
    }
    command->has_cid = take_cids(delays, sqe, second);
    if (!command->has_cid) {
        command->status = NVME_COMMAND_ID_CONFLICT;
        command->due_ns = 0;
    }
    sift_up(delays, delays->count++);
}

bool delays_take(struct delays *delays, uint64_t now_ns, struct delayed_command *command) {
    if (delays->count == 0 || delays->heap[0].due_ns > now_ns) {
        return false;
    }
    *command = delays->heap[0];
    delays->heap[0] = delays->heap[--delays->count];
    sift_down(delays);
    if (command->has_cid) {
        give_cid(delays, command->sqe.cid);
        if (command->is_fused) {
            give_cid(delays, command->second.cid);
        }
    }
    return true;
}

void delays_put_back(struct delays *delays, const struct delayed_command *command) {
    assert(command->is_executed && !command->is_fused && delays->count < delays->capacity);
    delays->heap[delays->count] = *command;
    delays->heap[delays->count].number = delays->number++;
    if (command->has_cid) {
        take_cid(delays, command->sqe.cid);
    }
    delays->waiting += command->after != 0;
    sift_up(delays, delays->count++);
}

/* What is sifted up changes places with those that were looked at before. */
void delays_completed(struct delays *delays, uint32_t count) {
    for (uint32_t at = 0; count > 0 && delays->waiting > 0 && at < delays->count; at++) {
        struct delayed_command *command = &delays->heap[at];
        if (command->after > count) {
            command->after -= count;
        } else if (command->after != 0) {
            command->after = 0;
            command->due_ns = 0;
            delays->waiting--;
            sift_up(delays, at);
        }
    }
}

/* Of two that are fused, neither goes without the other. */
static bool is_to_be_aborted(const struct delayed_command *command, uint16_t cid) {
    const bool is_it = command->sqe.cid == cid || (command->is_fused && command->second.cid == cid);
    return is_it && command->status == NVME_SUCCESS && !command->is_executed;
}

bool delays_abort(struct delays *delays, uint16_t cid) {
    if (delays->heap == NULL) {
        return false;
    }
    pthread_mutex_lock(&delays->lock);
    uint32_t at = 0;
    while (at < delays->count && !is_to_be_aborted(&delays->heap[at], cid)) {
        at++;
    }
    const bool found = at < delays->count;
    if (found) {
        delays->heap[at].status = NVME_ABORT_REQUESTED;
        delays->heap[at].due_ns = 0;
        sift_up(delays, at);
    }
    pthread_mutex_unlock(&delays->lock);
    return found;
}
