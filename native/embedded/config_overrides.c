/* SPDX-License-Identifier: Apache-2.0 */

#include "config_overrides.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transport_id.h"

#define TEXT_MAX 2048
#define STRUCTURE_MAX 4096 /* bytes of what Identify and log pages tell */

static int fail(struct n4j_error *error, const char *item, const char *why) {
    return n4j_fail(error, -EINVAL, "overrides: \"%s\" %s", item, why);
}

/* Digits up to `end`, which is then what follows them. */
static bool parse_number(const char **text, int base, char end, uint64_t max, uint64_t *number) {
    char *after;
    errno = 0;
    *number = strtoull(*text, &after, base);
    const bool is_good = isxdigit((unsigned char)**text) && *after == end && errno == 0 &&
                         *number <= max && strncmp(*text, "0x", 2) != 0;
    *text = after + (end != '\0' ? 1 : 0);
    return is_good;
}

static bool parse_bytes(const char *text, struct config_override *override) {
    const size_t digits = strlen(text);
    if (digits == 0 || digits % 2 != 0 || digits > 2 * CONFIG_OVERRIDE_BYTES_MAX) {
        return false;
    }
    for (size_t i = 0; i < digits; i += 2) {
        const char pair[3] = {text[i], text[i + 1], '\0'};
        if (!isxdigit((unsigned char)pair[0]) || !isxdigit((unsigned char)pair[1])) {
            return false;
        }
        override->bytes[override->length++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return override->offset + override->length <= STRUCTURE_MAX;
}

/* NUMBER@OFFSET=BYTES */
static int parse_structure(const char *item, const char *text, struct config_override *override,
                           struct n4j_error *error) {
    uint64_t number;
    uint64_t offset;
    if (!parse_number(&text, 16, '@', UINT8_MAX, &number) ||
        !parse_number(&text, 10, '=', STRUCTURE_MAX - 1, &offset)) {
        return fail(error, item, "is not like identify-1@77=ff, with a number and an offset");
    }
    override->number = (uint8_t)number;
    override->offset = (uint16_t)offset;
    return parse_bytes(text, override)
               ? 0
               : fail(error, item, "has no bytes as in identify-1@77=ff: 1 to 16, up to 4096");
}

static int parse_value(const char *item, const char *text, uint8_t length,
                       struct config_override *override, struct n4j_error *error) {
    uint64_t value;
    if (!parse_number(&text, 16, '\0', UINT64_MAX >> (64 - 8 * length), &value)) {
        return fail(error, item, "has no value, which is a hexadecimal number");
    }
    override->length = length;
    memcpy(override->bytes, &value, length);
    return 0;
}

/* NUMBER=VALUE */
static int parse_feature(const char *item, const char *text, struct config_override *override,
                         struct n4j_error *error) {
    uint64_t number;
    if (!parse_number(&text, 16, '=', UINT8_MAX, &number)) {
        return fail(error, item, "is not like feature-7=003f003f");
    }
    override->number = (uint8_t)number;
    return parse_value(item, text, sizeof(uint32_t), override, error);
}

static int parse_item(const char *item, struct config_override *override, struct n4j_error *error) {
    static const struct {
        const char *prefix;
        enum config_told told;
    } kinds[] = {{"identify-", TOLD_IDENTIFY},
                 {"log-", TOLD_LOG},
                 {"feature-", TOLD_FEATURE},
                 {"cap=", TOLD_CAP},
                 {"vs=", TOLD_VS}};
    unsigned i = 0;
    while (strncmp(item, kinds[i].prefix, strlen(kinds[i].prefix)) != 0) {
        if (++i == sizeof(kinds) / sizeof(kinds[0])) {
            return fail(error, item,
                        "is none of identify-CNS@OFFSET=BYTES, log-LID@OFFSET=BYTES, "
                        "feature-FID=VALUE, cap=VALUE, vs=VALUE and random");
        }
    }
    const char *text = item + strlen(kinds[i].prefix);
    override->told = kinds[i].told;
    switch (override->told) {
    case TOLD_IDENTIFY:
    case TOLD_LOG:
        return parse_structure(item, text, override, error);
    case TOLD_FEATURE:
        return parse_feature(item, text, override, error);
    case TOLD_CAP:
        return parse_value(item, text, sizeof(uint64_t), override, error);
    default:
        return parse_value(item, text, sizeof(uint32_t), override, error);
    }
}

int config_overrides_parse(const char *transport_id, struct config_overrides *overrides,
                           struct n4j_error *error) {
    char text[TEXT_MAX];
    int code = n4j_trid_get(transport_id, "overrides", text, sizeof(text), error);
    char *rest = NULL;
    if (code <= 0) {
        return code;
    }
    code = 0;
    for (const char *item = strtok_r(text, ";", &rest); item != NULL && code == 0;
         item = strtok_r(NULL, ";", &rest)) {
        if (strcmp(item, "random") == 0) {
            overrides->is_random = true;
        } else if (overrides->count == CONFIG_OVERRIDES_MAX) {
            code = fail(error, item, "is one too many: there can be 16");
        } else {
            code = parse_item(item, &overrides->items[overrides->count++], error);
        }
    }
    return code;
}
