/* SPDX-License-Identifier: Apache-2.0 */

/* What the controller has in its registers (Base, "Controller Properties"). */
#include "device/device.h"
#include "device/overrides.h"

/* CAP.TO and CRTO.CRWMT, in units of 500 ms: an fdatasync at shutdown may take its time. */
#define TIMEOUT_UNITS 120u

static void clear(struct device *device) {
    _Atomic uint32_t *words = (_Atomic uint32_t *)(void *)&device->bar->registers;
    for (size_t i = 0; i < sizeof(device->bar->registers) / sizeof(*words); i++) {
        atomic_store(&words[i], 0);
    }
}

void registers_power_on(struct device *device) {
    struct nvme_registers *registers = &device->bar->registers;
    uint64_t cap = DEVICE_MQES | NVME_CAP_CQR | (uint64_t)TIMEOUT_UNITS << NVME_CAP_TO_SHIFT |
                   (uint64_t)DEVICE_DSTRD << NVME_CAP_DSTRD_SHIFT | NVME_CAP_CSS_NVM |
                   NVME_CAP_CRWMS;
    uint32_t vs = NVME_VS_2_0;
    overrides_apply(device, &(struct telling){.told = TOLD_CAP}, &cap, sizeof(cap));
    overrides_apply(device, &(struct telling){.told = TOLD_VS}, &vs, sizeof(vs));
    clear(device);
    atomic_store(&registers->cap, cap);
    atomic_store(&registers->crto, TIMEOUT_UNITS);
    atomic_store(&registers->vs, vs);
}

void device_set_csts(struct device *device, uint32_t clear, uint32_t set) {
    _Atomic uint32_t *csts = &device->bar->registers.csts;
    atomic_fetch_and(csts, ~clear);
    atomic_fetch_or(csts, set);
}

void device_fail(struct device *device) {
    device_set_csts(device, 0, NVME_CSTS_CFS);
}
