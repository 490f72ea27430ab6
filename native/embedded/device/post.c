/* SPDX-License-Identifier: Apache-2.0 */

#include "device/post.h"

#include <assert.h>

#include "clock.h"
#include "device/rings.h"

#define SQHD_MASK UINT64_C(0xffff)
#define PHASE_BIT (UINT64_C(1) << 48)

static struct delayed_command executed(const struct delayed_command *command, uint16_t status,
                                       uint32_t result) {
    struct delayed_command again = *command;
    again.is_executed = true;
    again.status = status;
    again.result = result;
    return again;
}

static void post_twice(struct device *device, struct submission_queue *sq,
                       struct delayed_command *again) {
    completion_post(device, sq, again->sqe.cid, again->status, again->result);
    again->has_cid = false;
    again->due_ns = 0;
    delays_put_back(&sq->delays, again);
}

static void post_later(struct submission_queue *sq, struct delayed_command *again) {
    const struct config_effect *effect = &again->fault.effect;
    const bool is_timed = effect->kind == EFFECT_LATE;
    again->due_ns = is_timed ? n4j_now_ns() + effect->value : UINT64_MAX;
    again->after = is_timed ? 0 : effect->value;
    delays_put_back(&sq->delays, again);
}

/* An entry, with a field that is wrong where the fault says so. */
static void post_entry(struct device *device, struct submission_queue *sq,
                       const struct delayed_command *command, uint16_t status, uint32_t result) {
    const struct config_effect *effect = &command->fault.effect;
    const uint16_t cid =
        effect->kind == EFFECT_WRONG_CID ? (uint16_t)effect->value : command->sqe.cid;
    uint64_t high = completion_high(sq, cid, status);
    if (effect->kind == EFFECT_WRONG_SQHD) {
        high = (high & ~SQHD_MASK) | effect->value;
    } else if (effect->kind == EFFECT_WRONG_PHASE) {
        high ^= PHASE_BIT;
    }
    completion_put(device, sq->cq, high, result);
}

void post_by_fault(struct device *device, struct submission_queue *sq,
                   const struct delayed_command *command, uint16_t status, uint32_t result) {
    struct delayed_command again = executed(command, status, result);
    switch (command->fault.effect.kind) {
    case EFFECT_DROPPED:
        break;
    case EFFECT_LATE:
    case EFFECT_LATE_BY:
        post_later(sq, &again);
        break;
    case EFFECT_TWICE:
        post_twice(device, sq, &again);
        break;
    default:
        assert(command->fault.effect.kind != EFFECT_DOORBELL_IGNORED);
        post_entry(device, sq, command, status, result);
    }
}
