/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Clients' memory that is mapped here, and that they may truncate: to touch what is gone is a SIGBUS.
 * Guarded, zeroes take its place, and whoever serves the client is woken to end with it.
 */
#ifndef EMBEDDED_SERVE_GUARD_H
#define EMBEDDED_SERVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

struct guard;

/*
 * Guards a mapping. `wake` is an eventfd that is written to when a part of it has gone. NULL: there are
 * too many. For any thread.
 */
struct guard *guard_add(void *address, size_t length, int wake);

/* Before the mapping goes. Nobody touches it any more. */
void guard_remove(struct guard *guard);

/* Whether a part of it has gone. */
bool guard_is_broken(const struct guard *guard);

#endif
