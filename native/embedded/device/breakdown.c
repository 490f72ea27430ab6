/* SPDX-License-Identifier: Apache-2.0 */

#include "device/breakdown.h"

#include <assert.h>

#include "clock.h"
#include "device/drive.h"

#define FOR_EVER UINT64_MAX

static void read_all_ones(struct device *device) {
    _Atomic uint32_t *words = (_Atomic uint32_t *)(void *)&device->bar->registers;
    for (size_t i = 0; i < sizeof(device->bar->registers) / sizeof(*words); i++) {
        atomic_store(&words[i], UINT32_MAX);
    }
}

static void remove_for(struct device *device, uint64_t ns) {
    atomic_store(&device->returns_ns, ns == 0 ? FOR_EVER : n4j_now_ns() + ns);
    read_all_ones(device);
}

static void lose_spare(struct device *device, uint64_t percent) {
    atomic_store(&device->drive->health.spare, (unsigned)percent);
    if (percent < HEALTH_SPARE_THRESHOLD) {
        async_events_raise(device, EVENT_SPARE);
    }
}

static void heat(struct device *device, uint64_t throttle_ns) {
    atomic_store(&device->drive->health.kelvin, HEALTH_HOT_KELVIN);
    atomic_store(&device->drive->health.throttle_ns, throttle_ns);
    async_events_raise(device, EVENT_TEMPERATURE);
}

void breakdown_begin(struct device *device, const struct config_effect *effect) {
    switch (effect->kind) {
    case EFFECT_FATAL:
        device_fail(device);
        break;
    case EFFECT_REMOVED:
        remove_for(device, effect->value);
        break;
    case EFFECT_READ_ONLY:
        atomic_store(&device->drive->health.is_read_only, true);
        async_events_raise(device, EVENT_RELIABILITY);
        break;
    case EFFECT_SPARE:
        lose_spare(device, effect->value);
        break;
    case EFFECT_THROTTLED:
        heat(device, effect->value);
        break;
    default:
        assert(effect->kind == EFFECT_MENDED);
        health_mend(&device->drive->health);
    }
}

enum presence breakdown_presence(struct device *device) {
    const uint64_t returns_ns = atomic_load_explicit(&device->returns_ns, memory_order_relaxed);
    if (returns_ns == 0) {
        return PRESENT;
    }
    if (returns_ns != FOR_EVER && n4j_now_ns() >= returns_ns) {
        return RETURNED;
    }
    read_all_ones(device);
    return REMOVED;
}

void breakdown_end(struct device *device) {
    atomic_store(&device->returns_ns, 0);
}
