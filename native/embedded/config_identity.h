/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of a transport id that say who the controller and its namespaces are. */
#ifndef EMBEDDED_CONFIG_IDENTITY_H
#define EMBEDDED_CONFIG_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "transport.h"

#define CONFIG_SERIAL_MAX 20
#define CONFIG_SUBNQN_MAX 223
#define CONFIG_CNTLID_MAX 0xffef /* those above are reserved */

/* What isn't given is made of the drive's own number (device/identity.h). */
struct config_identity {
    char serial[CONFIG_SERIAL_MAX + 1]; /* serial: up to 20 characters; empty: not given */
    char subnqn[CONFIG_SUBNQN_MAX + 1]; /* subnqn: nqn....; empty: not given */
    bool cntlid_given;
    uint16_t cntlid; /* cntlid: 0..65519 */
    bool eui64_given;
    uint8_t eui64[8]; /* eui64: 16 hexadecimal digits, of namespace 1; the others count on */
    bool nguid_given;
    uint8_t nguid[16]; /* nguid: 32 of them, likewise */
};

/* 0, or -EINVAL with a text that names the key and what it takes. */
int config_identity_parse(const char *transport_id, struct config_identity *identity,
                          struct n4j_error *error);

#endif
