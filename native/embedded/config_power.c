/* SPDX-License-Identifier: Apache-2.0 */

#include "config_power.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "transport_id.h"

/* Leaves `*number` as it is where the key isn't there. */
static int parse_blocks(const char *id, const char *key, uint16_t *number, bool *is_given,
                        struct n4j_error *error) {
    char value[8];
    const int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    char *end;
    const unsigned long parsed = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || parsed > UINT16_MAX) {
        return n4j_trid_bad_value(key, value, "0 to 65535, as in Identify: blocks less one", error);
    }
    *number = (uint16_t)parsed;
    *is_given = true;
    return 0;
}

/* Which of two words a key has; -1: it isn't there. */
static int parse_choice(const char *id, const char *key, const char *const words[2],
                        const char *allowed, int *choice, struct n4j_error *error) {
    char value[16];
    *choice = -1;
    const int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    for (int i = 0; i < 2; i++) {
        if (strcasecmp(value, words[i]) == 0) {
            *choice = i;
            return 0;
        }
    }
    return n4j_trid_bad_value(key, value, allowed, error);
}

static int parse_words(const char *id, struct config_power *power, struct n4j_error *error) {
    static const char *const caches[] = {"0", "1"};
    static const char *const torn[] = {"blocks", "anything"};
    int choice;
    int code = parse_choice(id, "vwc", caches, "0 or 1", &choice, error);
    if (code == 0) {
        power->vwc = choice < 0    ? CONFIG_VWC_OF_MEDIUM
                     : choice == 0 ? CONFIG_VWC_ABSENT
                                   : CONFIG_VWC_PRESENT;
        power->is_given |= choice >= 0;
        code = parse_choice(id, "torn", torn, "blocks or anything", &choice, error);
    }
    if (code == 0) {
        power->torn_is_anything = choice == 1;
        power->is_given |= choice >= 0;
    }
    return code;
}

/* NVM, "Atomic Operations": which of them goes with which. */
static int check(const struct config_power *power, struct n4j_error *error) {
    const uint16_t unit = power->nawupf != 0 ? power->nawupf : power->awupf;
    if (unit < power->awupf) {
        return n4j_fail(error, -EINVAL, "nawupf:%u is less than awupf:%u: make it that, or 0",
                        power->nawupf, power->awupf);
    }
    if (power->nabspf != 0 && power->nabspf < unit) {
        return n4j_fail(error, -EINVAL,
                        "nabspf:%u is less than the %u of nawupf or awupf: make it that, or 0",
                        power->nabspf, unit);
    }
    if (power->nabo > power->nabspf) {
        return n4j_fail(error, -EINVAL, "nabo:%u is beyond nabspf:%u: make it less", power->nabo,
                        power->nabspf);
    }
    return 0;
}

int config_power_parse(const char *transport_id, struct config_power *power,
                       struct n4j_error *error) {
    const struct {
        const char *key;
        uint16_t *number;
    } numbers[] = {{"awupf", &power->awupf},
                   {"nawupf", &power->nawupf},
                   {"nabspf", &power->nabspf},
                   {"nabo", &power->nabo}};
    int code = parse_words(transport_id, power, error);
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && code >= 0; i++) {
        code =
            parse_blocks(transport_id, numbers[i].key, numbers[i].number, &power->is_given, error);
    }
    return code < 0 ? code : check(power, error);
}
