/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Asynchronous Event Requests (Base, "Asynchronous Event Request command"): held until there is
 * something to tell. One event is known: a doorbell was written with an invalid value. Once told, it is
 * masked until the host reads the Error Information log page.
 */
#include "device/command.h"
#include "device/rings.h"

void async_events_reset(struct device *device) {
    device->events.held_count = 0;
    device->events.is_masked = false;
    atomic_store(&device->events.doorbell_event, false);
}

uint16_t admin_async_event_request(struct command *command) {
    struct async_events *events = &command->device->events;
    if (events->held_count == DEVICE_ASYNC_EVENTS) {
        return NVME_ASYNC_EVENT_LIMIT_EXCEEDED;
    }
    events->held[events->held_count++] = command->sqe.cid;
    command->is_held = true;
    return NVME_SUCCESS;
}

/* Completes the held request at `index`. */
static void complete(struct device *device, unsigned index, uint16_t status, uint32_t result) {
    struct async_events *events = &device->events;
    const uint16_t cid = events->held[index];
    events->held[index] = events->held[--events->held_count];
    completion_post(device, &device->sq[0], cid, status, result);
}

void async_events_deliver(struct device *device) {
    struct async_events *events = &device->events;
    if (!atomic_load_explicit(&events->doorbell_event, memory_order_relaxed) || events->is_masked ||
        events->held_count == 0) {
        return;
    }
    device->cq[0].ring.page = NULL; /* as at the beginning of a run */
    if (completion_queue_room(device, &device->cq[0]) > 0) {
        atomic_store(&events->doorbell_event, false);
        events->is_masked = true;
        complete(device, 0, NVME_SUCCESS, NVME_EVENT_INVALID_DOORBELL_VALUE);
    }
}

void async_events_log_read(struct device *device) {
    device->events.is_masked = false;
}

bool async_events_abort(struct device *device, uint16_t cid) {
    const struct async_events *events = &device->events;
    /* One more entry is for the completion of the Abort command. */
    if (completion_queue_room(device, &device->cq[0]) < 2) {
        return false;
    }
    for (unsigned i = 0; i < events->held_count; i++) {
        if (events->held[i] == cid) {
            complete(device, i, NVME_ABORT_REQUESTED, 0);
            return true;
        }
    }
    return false;
}
