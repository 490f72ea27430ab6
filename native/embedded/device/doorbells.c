/* SPDX-License-Identifier: Apache-2.0 */

/* Doorbells that the host should not have rung, or not with that value. */
#include "device/device.h"

void __attribute__((cold, noinline))
doorbell_refuse(struct device *device, const struct doorbell_view *view, uint32_t value) {
    async_events_raise(device, EVENT_INVALID_DOORBELL_VALUE);
    atomic_compare_exchange_strong(view->doorbell, &value, view->index);
}

void doorbells_clear(struct device *device) {
    for (unsigned i = 0; i < 2 * DEVICE_QUEUES; i++) {
        atomic_store(&device->bar->doorbells[i].value, 0);
    }
}

static void check_unused(struct device *device, _Atomic uint32_t *value) {
    if (atomic_load_explicit(value, memory_order_relaxed) != 0) {
        atomic_store(value, 0);
        async_events_raise(device, EVENT_INVALID_DOORBELL_REGISTER);
    }
}

void doorbells_check_unused(struct device *device, unsigned qid) {
    if (!atomic_load_explicit(&device->live[qid], memory_order_relaxed)) {
        check_unused(device, device_doorbell(device, qid, false));
    }
    if (!device->cq[qid].exists) {
        check_unused(device, device_doorbell(device, qid, true));
    }
}
