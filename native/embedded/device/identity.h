/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Who a controller and its namespaces are: what the transport id says, and for the rest what follows
 * from a number that the drive has of its own.
 */
#ifndef EMBEDDED_DEVICE_IDENTITY_H
#define EMBEDDED_DEVICE_IDENTITY_H

#include "config.h"

struct identity {
    char serial[CONFIG_SERIAL_MAX + 1];
    char subnqn[CONFIG_SUBNQN_MAX + 1];
    uint16_t cntlid;
    uint8_t eui64[8]; /* of namespace 1 */
    uint8_t nguid[16];
};

/* A number that no other drive has. 0, or a negative errno. */
int identity_draw(uint64_t *number);

void identity_make(struct identity *identity, const struct config_identity *config,
                   uint64_t number);

/* Those of a namespace, which differ from its neighbour's by 1. */
void identity_eui64(const struct identity *identity, uint32_t nsid, uint8_t eui64[8]);
void identity_nguid(const struct identity *identity, uint32_t nsid, uint8_t nguid[16]);

#endif
