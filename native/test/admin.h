/* SPDX-License-Identifier: Apache-2.0 */

/* One admin command at a time, waited for: by one thread, which is given no other's completion. */
#ifndef ADMIN_H
#define ADMIN_H

#include "nvme4j.h"

/*
 * Submits a command and waits for it, passing over events. 0, or a negative errno: that of the
 * submission, or of the completion; -ETIMEDOUT: the command is with the controller still.
 */
int admin(n4j_ctrlr *ctrlr, const n4j_submission *submission, n4j_completion *completion,
          uint32_t timeout_ms);
/* The same without what the shim refuses by itself: the driver's own commands go to the device. */
int admin_below(n4j_ctrlr *ctrlr, const n4j_submission *submission, n4j_completion *completion,
                uint32_t timeout_ms);
/* Waits for the next completion that is no event's: 0 or -ETIMEDOUT. */
int admin_wait(n4j_ctrlr *ctrlr, n4j_completion *completion, uint32_t timeout_ms);

#endif
