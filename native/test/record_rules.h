/* SPDX-License-Identifier: Apache-2.0 */

/* What every transport makes of a submission record that it can't take. */
#ifndef RECORD_RULES_H
#define RECORD_RULES_H

#include "nvme4j.h"

/* A data form that the controller does not name is EINVAL, as I/O command and as admin command. */
void check_forms_that_are_not_taken(n4j_ctrlr *ctrlr, n4j_qpair *qpair);

/* The address of metadata is for forms of which the transport makes the data pointer; else EINVAL. */
void check_metadata_that_nobody_points_at(n4j_ctrlr *ctrlr, n4j_qpair *qpair, void *memory);

/*
 * Admin commands that would take its queues, memory or timer away from the driver are EPERM; others of
 * their kind are not.
 */
void check_commands_of_the_drivers(n4j_ctrlr *ctrlr);

#endif
