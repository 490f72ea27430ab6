/* SPDX-License-Identifier: Apache-2.0 */

/* What the controller tells of itself that isn't so (config_overrides.h). */
#ifndef EMBEDDED_DEVICE_OVERRIDES_H
#define EMBEDDED_DEVICE_OVERRIDES_H

#include "device/device.h"

/* What is about to be told, and what of: a CNS, LID or FID, and the NSID that the command had. */
struct telling {
    enum config_told told;
    uint8_t number;
    uint32_t nsid;
};

/* Changes what is to be told. */
void overrides_apply(const struct device *device, const struct telling *telling, void *data,
                     size_t size);

#endif
