/* SPDX-License-Identifier: Apache-2.0 */

/* Completions that faults meet (config_effect.h). */
#ifndef EMBEDDED_DEVICE_POST_H
#define EMBEDDED_DEVICE_POST_H

#include "device/device.h"

/* A command was executed with this outcome: completes it as its fault says, or later, or never. */
void post_by_fault(struct device *device, struct submission_queue *sq,
                   const struct delayed_command *command, uint16_t status, uint32_t result);

#endif
