/* SPDX-License-Identifier: Apache-2.0 */

/* The regions that a client finds: BARs and the PCI configuration space. */
#ifndef EMBEDDED_SERVE_REGIONS_H
#define EMBEDDED_SERVE_REGIONS_H

#include "serve/bar.h"
#include "serve/message.h"
#include "serve/pci.h"

struct regions {
    struct bar_memory bar;
    struct pci pci;
    struct device *device;
};

/* Each answers a message: 0, or -EINVAL where it asks for what there is not. */
int regions_info(const struct regions *regions, const struct message *message, struct reply *reply);
int regions_read(const struct regions *regions, const struct message *message, struct reply *reply);
int regions_write(struct regions *regions, const struct message *message, struct reply *reply);

#endif
