/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The controller as its host sees it: registers and doorbells. Everything else goes through queues in
 * memory and IOVAs.
 */
#ifndef EMBEDDED_DEVICE_CONTROLLER_H
#define EMBEDDED_DEVICE_CONTROLLER_H

#include <stdbool.h>

#include "config.h"
#include "connection.h"
#include "iova_table.h"

struct device;

/* Powers a controller on. Threaded, it runs by itself from now on. `outside` may be NULL. */
int device_create(const struct config *config, struct iova_table *iova,
                  const struct device_outside *outside, struct device **device,
                  struct n4j_error *error);

/* Powers it off. `discard`: removes the file of the namespace if device_create has made it. */
void device_destroy(struct device *device, bool discard);

/* Whether a namespace holds what somebody else has put there. */
bool device_has_foreign_data(const struct device *device);

/* The name of its subsystem. */
const char *device_subnqn(const struct device *device);

/* BAR0. All registers but CC are written in place. */
struct nvme_registers *device_registers(struct device *device);
/* Writes CC. Each write counts, not only the last one that the controller comes to see. */
void device_write_cc(struct device *device, uint32_t cc);

/*
 * Inline, the host lends the controller its thread: for registers and the admin queue, by one thread
 * at a time, and for an I/O submission queue, by one thread at a time for each. A queue that doesn't
 * exist is none of its business.
 */
void device_run_admin(struct device *device);
void device_run_queue(struct device *device, unsigned qid);

#endif
