/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Asynchronous Event Requests (Base, "Asynchronous Event Request command"): held until there is
 * something to tell. Once an event is told, all of its type are masked until the host reads their log
 * page.
 */
#include "device/command.h"
#include "device/drive.h"
#include "device/rings.h"

struct event_kind {
    uint32_t type; /* Asynchronous Event Type */
    uint32_t information;
    uint8_t log_page;
    uint32_t enabled_by; /* a bit of Asynchronous Event Configuration; 0: always enabled */
};

#define EVENT_KINDS 5
static const struct event_kind kinds[EVENT_KINDS] = {
    [EVENT_INVALID_DOORBELL_REGISTER] = {NVME_EVENT_ERROR, NVME_EVENT_DOORBELL_REGISTER,
                                         NVME_LOG_ERROR_INFORMATION, 0},
    [EVENT_INVALID_DOORBELL_VALUE] = {NVME_EVENT_ERROR, NVME_EVENT_DOORBELL_VALUE,
                                      NVME_LOG_ERROR_INFORMATION, 0},
    [EVENT_TEMPERATURE] = {NVME_EVENT_SMART_HEALTH, NVME_EVENT_TEMPERATURE_THRESHOLD,
                           NVME_LOG_SMART_HEALTH, NVME_SMART_TEMPERATURE},
    [EVENT_RELIABILITY] = {NVME_EVENT_SMART_HEALTH, NVME_EVENT_RELIABILITY, NVME_LOG_SMART_HEALTH,
                           NVME_SMART_READ_ONLY},
    [EVENT_SPARE] = {NVME_EVENT_SMART_HEALTH, NVME_EVENT_SPARE_BELOW_THRESHOLD,
                     NVME_LOG_SMART_HEALTH, NVME_SMART_SPARE},
};

void async_events_reset(struct device *device) {
    device->events.held_count = 0;
    device->events.masked = 0;
    atomic_store(&device->events.pending, 0);
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

bool device_temperature_warns(const struct device *device) {
    const unsigned kelvin = atomic_load(&device->drive->health.kelvin);
    return kelvin >= device->features.temperature_over ||
           kelvin <= device->features.temperature_under;
}

void async_events_check_temperature(struct device *device) {
    if (device_temperature_warns(device)) {
        async_events_raise(device, EVENT_TEMPERATURE);
    }
}

/* Completes the held request at `index`. */
static void complete(struct device *device, unsigned index, uint16_t status, uint32_t result) {
    struct async_events *events = &device->events;
    const uint16_t cid = events->held[index];
    events->held_count--;
    for (unsigned i = index; i < events->held_count; i++) {
        events->held[i] = events->held[i + 1];
    }
    completion_post(device, &device->sq[0], cid, status, result);
}

static bool is_enabled(const struct device *device, const struct event_kind *kind) {
    return kind->enabled_by == 0 ||
           (device->features.values[NVME_FID_ASYNC_EVENTS] & kind->enabled_by) != 0;
}

/* The temperature may have been found to be too high by one who does not know the thresholds. */
static bool is_true(const struct device *device, enum async_event event) {
    return event != EVENT_TEMPERATURE || device_temperature_warns(device);
}

/* What is turned off is forgotten, not kept for when it is turned on. */
static void tell(struct device *device, enum async_event event) {
    struct async_events *events = &device->events;
    const struct event_kind *kind = &kinds[event];
    if (!is_enabled(device, kind) || !is_true(device, event)) {
        atomic_fetch_and(&events->pending, ~(1u << event));
        return;
    }
    if ((events->masked >> kind->type & 1) != 0 || events->held_count == 0 ||
        completion_queue_room(device, &device->cq[0]) == 0) {
        return;
    }
    atomic_fetch_and(&events->pending, ~(1u << event));
    events->masked |= 1u << kind->type;
    complete(device, 0, NVME_SUCCESS, NVME_EVENT(kind->type, kind->information, kind->log_page));
}

void async_events_deliver(struct device *device) {
    const unsigned pending = atomic_load_explicit(&device->events.pending, memory_order_relaxed);
    if (pending == 0) {
        return;
    }
    device->cq[0].ring.page = NULL; /* as at the beginning of a run */
    for (unsigned event = 0; event < EVENT_KINDS; event++) {
        if ((pending >> event & 1) != 0) {
            tell(device, (enum async_event)event);
        }
    }
}

void async_events_log_read(struct device *device, uint8_t log_page) {
    for (unsigned event = 0; event < EVENT_KINDS; event++) {
        if (kinds[event].log_page == log_page) {
            atomic_fetch_and(&device->events.pending, ~(1u << event));
            device->events.masked &= ~(1u << kinds[event].type);
        }
    }
}

/* Its index, or how many are held. */
static unsigned find_held(const struct async_events *events, uint16_t cid) {
    unsigned i = 0;
    while (i < events->held_count && events->held[i] != cid) {
        i++;
    }
    return i;
}

bool async_events_hold(const struct device *device, uint16_t cid) {
    return find_held(&device->events, cid) < device->events.held_count;
}

bool async_events_abort(struct device *device, uint16_t cid) {
    const struct async_events *events = &device->events;
    /* One more entry is for the completion of the Abort command. */
    if (completion_queue_room(device, &device->cq[0]) < 2) {
        return false;
    }
    const unsigned index = find_held(events, cid);
    if (index == events->held_count) {
        return false;
    }
    complete(device, index, NVME_ABORT_REQUESTED, 0);
    return true;
}
