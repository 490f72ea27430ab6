/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What goes wrong with the medium under a command of a drive that is watched (watch.h), whose lock the
 * caller has: nobody sees the medium meanwhile. What is true is put aside while something else is shown.
 * In a file, a process that is killed just then leaves what was shown.
 */
#ifndef EMBEDDED_DEVICE_MEDIUM_FAULTS_H
#define EMBEDDED_DEVICE_MEDIUM_FAULTS_H

#include "device/device.h"

/* A command's blocks, and what they hold in truth. */
struct medium_fault {
    struct namespace *ns; /* NULL: nothing goes wrong */
    uint64_t lba;
    uint64_t blocks;
    uint64_t target; /* of a write that is misdirected */
    enum config_effect_kind kind;
    uint8_t *kept;
};

/* Around the execution of a command that meets `fault`, after watch_begin and before watch_end. */
void medium_fault_begin(struct medium_fault *medium, struct device *device,
                        const struct nvme_sqe *sqe, const struct fault *fault);
void medium_fault_end(struct medium_fault *medium);

#endif
