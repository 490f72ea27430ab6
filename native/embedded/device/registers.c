/* SPDX-License-Identifier: Apache-2.0 */

/* The controller's status (Base, "Controller Properties", CSTS). */
#include "device/device.h"

void device_set_csts(struct device *device, uint32_t clear, uint32_t set) {
    _Atomic uint32_t *csts = &device->bar->registers.csts;
    atomic_fetch_and(csts, ~clear);
    atomic_fetch_or(csts, set);
}

void device_fail(struct device *device) {
    device_set_csts(device, 0, NVME_CSTS_CFS);
}
