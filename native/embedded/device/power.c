/* SPDX-License-Identifier: Apache-2.0 */

/* Power on and off: what a controller is made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "device/controller.h"
#include "device/device.h"
#include "device/drive.h"
#include "device/namespace.h"

static void *zeroed(size_t size) {
    const size_t whole = (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
    void *memory = aligned_alloc(CACHE_LINE, whole);
    return memory == NULL ? NULL : memset(memory, 0, size);
}

static void free_device(struct device *device, bool discard) {
    for (unsigned qid = 0; device->sq != NULL && qid < DEVICE_QUEUES; qid++) {
        delays_close(&device->sq[qid].delays);
    }
    if (device->drive != NULL) {
        drive_give_back(device->drive, discard);
    }
    free(device->sq);
    free(device->cq);
    free(device->own_bar);
    free(device);
}

static struct device *allocate_device(const struct device_outside *outside) {
    struct device *device = zeroed(sizeof(*device));
    if (device == NULL) {
        return NULL;
    }
    if (outside != NULL) {
        device->outside = *outside;
    }
    if (device->outside.bar == NULL) {
        device->own_bar = zeroed(sizeof(*device->own_bar));
    }
    device->bar = device->own_bar != NULL ? device->own_bar : device->outside.bar;
    device->sq = zeroed(DEVICE_QUEUES * sizeof(*device->sq));
    device->cq = zeroed(DEVICE_QUEUES * sizeof(*device->cq));
    if (device->bar == NULL || device->sq == NULL || device->cq == NULL) {
        free_device(device, false);
        return NULL;
    }
    return device;
}

static void set_limits(struct device *device, const struct config *config) {
    static const enum sgl_support sgls[] = {
        [CONFIG_SGL_NONE] = SGL_UNSUPPORTED,
        [CONFIG_SGL_DWORD] = SGL_DWORD,
        [CONFIG_SGL_BYTE] = SGL_BYTE,
    };
    device->mdts = config->mdts;
    device->transfer_max =
        config->mdts == 0 ? UINT64_MAX : (uint64_t)NVME_PAGE_SIZE << config->mdts;
    device->sgl_support = sgls[config->sgl];
    device->is_threaded = config->threaded || device->outside.polls;
    device->delay_rules = (struct delay_rules){
        .latency_ns = config->latency_ns,
        .slow_latency_ns = config->slow_latency_ns,
        .slow_share = config->slow_share,
        .seed = config->seed,
        .has_faults = config->faults.count > 0 || config_watches_blocks(config),
    };
}

/* The drive that the controller is the controller of, and what is on it. */
static int take_drive(struct device *device, const struct config *config, struct n4j_error *error) {
    const int code = drive_take(config, &device->drive, error);
    if (code != 0) {
        return code;
    }
    device->namespace_count = device->drive->namespace_count;
    device->namespaces = device->drive->namespaces;
    device->watch = device->drive->watch;
    device->powerings = atomic_load(&device->drive->powerings);
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        namespace_power_on(&device->namespaces[i]);
    }
    device->has_volatile_cache = config->power.vwc == CONFIG_VWC_OF_MEDIUM
                                     ? device->namespaces[0].medium->has_volatile_cache
                                     : config->power.vwc == CONFIG_VWC_PRESENT;
    return 0;
}

int device_create(const struct config *config, struct iova_table *iova,
                  const struct device_outside *outside, struct device **created,
                  struct n4j_error *error) {
    struct device *device = allocate_device(outside);
    if (device == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    device->iova = iova;
    device->power_on_ms = n4j_now_ms();
    set_limits(device, config);
    error_log_open(&device->errors);
    int code = take_drive(device, config, error);
    if (code != 0) {
        free_device(device, true);
        return code;
    }
    registers_power_on(device);
    identity_make(&device->identity, &config->identity, device->namespaces[0].number);
    code = device->is_threaded ? device_thread_start(device) : 0;
    if (code != 0) {
        free_device(device, true);
        return n4j_fail(error, code, "can't start the controller's thread: %s", strerror(-code));
    }
    drives_lock();
    device->drive->device = device; /* now its power can be cut */
    drives_unlock();
    *created = device;
    return 0;
}

void device_destroy(struct device *device, bool discard) {
    if (device == NULL) {
        return;
    }
    if (device->is_threaded) {
        device_thread_stop(device);
    }
    free_device(device, discard);
}
