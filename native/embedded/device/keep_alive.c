/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The Keep Alive Timer (Base, "Keep Alive"): a controller gives up a host that it has not heard of for as
 * long as that has said. An inline controller, which runs when its host does, never finds it silent.
 */
#include "clock.h"
#include "device/device.h"

void keep_alive_restart(struct device *device) {
    device->host_heard_ms = n4j_now_ms();
}

void keep_alive_check(struct device *device) {
    const uint32_t timeout_ms = device->features.values[NVME_FID_KEEP_ALIVE_TIMER];
    if (timeout_ms != 0 && n4j_now_ms() - device->host_heard_ms > timeout_ms) {
        device_fail(device);
    }
}
