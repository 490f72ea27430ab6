/* SPDX-License-Identifier: Apache-2.0 */

/* What is done with the blocks of a namespace (medium.h). */
#ifndef EMBEDDED_DEVICE_NAMESPACE_H
#define EMBEDDED_DEVICE_NAMESPACE_H

#include "device/medium.h"
#include "device/transfer.h"

int namespace_open(struct namespace *ns, const struct config *config, struct n4j_error *error);
/* The same for a fork, which it takes. */
int namespace_open_fork(struct namespace *ns, const struct config *config, struct fork *fork,
                        struct n4j_error *error);

/* `discard`: leaves nothing behind that opening has made. */
void namespace_close(struct namespace *ns, bool discard);

/* These return enum nvme_status and move the whole of an open transfer, atomically. */
uint16_t namespace_read(struct namespace *ns, uint64_t offset, uint64_t length,
                        struct transfer *transfer);
uint16_t namespace_write(struct namespace *ns, uint64_t offset, uint64_t length,
                         struct transfer *transfer);
uint16_t namespace_compare(struct namespace *ns, uint64_t offset, uint64_t length,
                           struct transfer *transfer);
uint16_t namespace_zero(struct namespace *ns, uint64_t offset, uint64_t length);
uint16_t namespace_sync(struct namespace *ns);

/* Power goes on: if it went off without a shutdown, that was unsafe. */
void namespace_power_on(struct namespace *ns);
/* The controller is enabled, or shut down. */
void namespace_use(struct namespace *ns, bool is_in_use);

#endif
