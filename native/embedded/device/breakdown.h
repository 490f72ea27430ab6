/* SPDX-License-Identifier: Apache-2.0 */

/* What goes wrong with the controller as a whole (config_effect.h). */
#ifndef EMBEDDED_DEVICE_BREAKDOWN_H
#define EMBEDDED_DEVICE_BREAKDOWN_H

#include "device/device.h"

/* From now on. For any thread. */
void breakdown_begin(struct device *device, const struct config_effect *effect);

enum presence { PRESENT, REMOVED, RETURNED };
/*
 * Whether the controller is there. Removed, all its registers read all ones, whatever was written; one
 * that has returned is to be made as if powered on, then breakdown_end has it be there.
 */
enum presence breakdown_presence(struct device *device);
void breakdown_end(struct device *device);

#endif
