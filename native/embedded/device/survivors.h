/* SPDX-License-Identifier: Apache-2.0 */

/* What a power cut leaves of what is undecided: drawn at random among all that it may leave. */
#ifndef EMBEDDED_DEVICE_SURVIVORS_H
#define EMBEDDED_DEVICE_SURVIVORS_H

#include "device/undecided.h"

struct survivors_rules {
    uint64_t random;       /* the seed */
    uint64_t now;          /* as writes are counted */
    bool torn_is_anything; /* blocks of a write that is cut off may hold what nobody has written */
};

/* Writes to the medium what is left, and decides all with that. 0, -ENOMEM or -EIO; then nothing is. */
int survivors_draw(struct undecided *undecided, struct survivors_rules rules);

#endif
