/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The medium of a fork: of the blocks that a recording of another drive has touched it has what its
 * maker says, of all others what that drive has, and what is written to it stays with it.
 */
#ifndef EMBEDDED_DEVICE_FORK_H
#define EMBEDDED_DEVICE_FORK_H

#include "device/medium.h"

struct recorder;

extern const struct medium medium_fork;

/*
 * What a fork of a namespace needs, or NULL for no memory. `contents` has addresses by block of the
 * recording; it is read with each access.
 */
struct fork *fork_open(struct namespace *parent, uint32_t nsid, const struct recorder *recorder,
                       const uint64_t *contents);
void fork_close(struct fork *fork);
/* Forgets what was written. */
void fork_reset(struct fork *fork);

#endif
