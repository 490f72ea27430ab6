/* SPDX-License-Identifier: Apache-2.0 */

/* The key overrides of a transport id: what a controller tells of itself that isn't so. */
#ifndef EMBEDDED_CONFIG_OVERRIDES_H
#define EMBEDDED_CONFIG_OVERRIDES_H

#include <stdbool.h>
#include <stdint.h>

#include "transport.h"

#define CONFIG_OVERRIDES_MAX 16
#define CONFIG_OVERRIDE_BYTES_MAX 16

enum config_told { TOLD_IDENTIFY, TOLD_LOG, TOLD_FEATURE, TOLD_CAP, TOLD_VS };

/*
 * overrides:ITEM;ITEM;... where an item is one of
 *   identify-1@77=ff    bytes of what Identify tells, by CNS (hexadecimal) and offset (decimal)
 *   log-2@0=08          the same of a log page
 *   feature-7=003f003f  a feature's value, as Get Features and Number of Queues tell it
 *   cap=2000203c01000f, vs=10400    a register's value
 *   random              any of all these, drawn from the seed
 * Bytes are in the order of memory, two digits each; values are hexadecimal numbers.
 */
struct config_override {
    enum config_told told;
    uint8_t number; /* CNS, LID or FID */
    uint16_t offset;
    uint8_t length;
    uint8_t bytes[CONFIG_OVERRIDE_BYTES_MAX];
};

struct config_overrides {
    bool is_random;
    unsigned count;
    struct config_override items[CONFIG_OVERRIDES_MAX];
};

/* 0, or -EINVAL with a text that names the item and says why. */
int config_overrides_parse(const char *transport_id, struct config_overrides *overrides,
                           struct n4j_error *error);

#endif
