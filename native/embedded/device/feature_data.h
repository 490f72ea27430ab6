/* SPDX-License-Identifier: Apache-2.0 */

/* Features that are more than a value in a dword: their data are in a buffer of the host's. */
#ifndef EMBEDDED_DEVICE_FEATURE_DATA_H
#define EMBEDDED_DEVICE_FEATURE_DATA_H

#include "device/command.h"

/* enum nvme_status. `from`: the values that are wanted, current ones or defaults. */
uint16_t set_timestamp(struct command *command);
uint16_t get_timestamp(struct command *command, const struct features *from);
uint16_t set_host_behavior(struct command *command);
uint16_t get_host_behavior(struct command *command, const struct features *from);
uint16_t set_host_identifier(struct command *command);
uint16_t get_host_identifier(struct command *command, const struct features *from);

#endif
