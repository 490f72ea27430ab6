/* SPDX-License-Identifier: Apache-2.0 */

/* Commands on blocks that have metadata: both are moved, and protection information is looked after. */
#ifndef EMBEDDED_DEVICE_METADATA_TRANSFER_H
#define EMBEDDED_DEVICE_METADATA_TRANSFER_H

#include "device/command.h"

/*
 * These return enum nvme_status. The blocks are those of the command, and within the namespace. Opening
 * finds what is wrong with PRINFO and the pointers.
 */
uint16_t metadata_open(struct command *command, const struct namespace *ns,
                       enum data_direction direction);
uint16_t metadata_read(struct command *command, struct namespace *ns);
/* Nothing is written where the check of one block fails. */
uint16_t metadata_write(struct command *command, struct namespace *ns);
uint16_t metadata_compare(struct command *command, struct namespace *ns);
uint16_t metadata_write_zeroes(struct command *command, struct namespace *ns);

#endif
