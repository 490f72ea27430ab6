/* SPDX-License-Identifier: Apache-2.0 */

/* The keys of a transport id that say what a power cut may do to a drive's blocks. */
#ifndef EMBEDDED_CONFIG_POWER_H
#define EMBEDDED_CONFIG_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "transport.h"

enum config_write_cache { CONFIG_VWC_OF_MEDIUM, CONFIG_VWC_ABSENT, CONFIG_VWC_PRESENT };

/* Numbers are those of Identify, 0's based. */
struct config_power {
    bool is_given; /* one of these keys was: what a cut may leave is kept account of */
    enum config_write_cache vwc; /* vwc:0|1, a volatile write cache that loses what is in it */
    uint16_t awupf;              /* awupf: logical blocks that are written as a whole or not ... */
    uint16_t nawupf;             /* nawupf: ... and of each namespace; 0: as awupf */
    uint16_t nabspf;             /* nabspf: from boundary to boundary; 0: there are none */
    uint16_t nabo;               /* nabo: where the first one is */
    bool torn_is_anything;       /* torn:blocks|anything, what is in blocks of a larger write */
};

/* 0, or -EINVAL with a text that names the key and what it takes. */
int config_power_parse(const char *transport_id, struct config_power *power,
                       struct n4j_error *error);

#endif
