/* SPDX-License-Identifier: Apache-2.0 */

#define _DEFAULT_SOURCE /* getentropy */

#include "device/identity.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Begins EUI64s: locally administered, as nobody has assigned a number to this controller's maker. */
static const uint8_t prefix[3] = {0x02, 0x6e, 0x34};

int identity_draw(uint64_t *number) {
    return getentropy(number, sizeof(*number)) == 0 ? 0 : -errno;
}

/* The lowest bytes of a number, the highest of them first. */
static void put_number(uint8_t *bytes, size_t size, uint64_t number) {
    for (size_t i = size; i-- > 0; number >>= 8) {
        bytes[i] = (uint8_t)number;
    }
}

static void make_names(struct identity *identity, const struct config_identity *config,
                       uint64_t number) {
    if (config->serial[0] != '\0') {
        memcpy(identity->serial, config->serial, sizeof(identity->serial));
    } else {
        snprintf(identity->serial, sizeof(identity->serial), "N4J%016" PRIX64, number);
    }
    if (config->subnqn[0] != '\0') {
        memcpy(identity->subnqn, config->subnqn, sizeof(identity->subnqn));
    } else {
        snprintf(identity->subnqn, sizeof(identity->subnqn),
                 "nqn.2026-01.io.nvme4j:embedded-%016" PRIx64, number);
    }
}

void identity_make(struct identity *identity, const struct config_identity *config,
                   uint64_t number) {
    make_names(identity, config, number);
    identity->cntlid =
        config->cntlid_given ? config->cntlid : (uint16_t)(1 + number % CONFIG_CNTLID_MAX);
    memcpy(identity->eui64, prefix, sizeof(prefix));
    put_number(identity->eui64 + sizeof(prefix), sizeof(identity->eui64) - sizeof(prefix), number);
    if (config->eui64_given) {
        memcpy(identity->eui64, config->eui64, sizeof(identity->eui64));
    }
    put_number(identity->nguid, 8, number);
    memcpy(identity->nguid + 8, identity->eui64, sizeof(identity->eui64));
    if (config->nguid_given) {
        memcpy(identity->nguid, config->nguid, sizeof(identity->nguid));
    }
}

/* Counts on from an identifier of namespace 1. */
static void put_identifier(uint8_t *bytes, const uint8_t *first, size_t size, uint32_t nsid) {
    uint32_t carry = nsid - 1;
    for (size_t i = size; i-- > 0;) {
        carry += first[i];
        bytes[i] = (uint8_t)carry;
        carry >>= 8;
    }
}

void identity_eui64(const struct identity *identity, uint32_t nsid, uint8_t eui64[8]) {
    put_identifier(eui64, identity->eui64, sizeof(identity->eui64), nsid);
}

void identity_nguid(const struct identity *identity, uint32_t nsid, uint8_t nguid[16]) {
    put_identifier(nguid, identity->nguid, sizeof(identity->nguid), nsid);
}
