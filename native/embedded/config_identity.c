/* SPDX-License-Identifier: Apache-2.0 */

#include "config_identity.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transport_id.h"

static bool is_ascii(const char *text) {
    while (isgraph((unsigned char)*text)) {
        text++;
    }
    return *text == '\0';
}

/* Base, "NVMe Qualified Names": nqn.yyyy-mm.reverse.domain:name */
static bool is_nqn(const char *text) {
    static const char pattern[] = "nqn.dddd-dd.";
    for (unsigned i = 0; pattern[i] != '\0'; i++) {
        if (pattern[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != pattern[i]) {
            return false;
        }
    }
    const char *colon = strchr(text, ':');
    return colon != NULL && colon > text + sizeof(pattern) - 1 && colon[1] != '\0' &&
           is_ascii(text);
}

static int parse_names(const char *id, struct config_identity *identity, struct n4j_error *error) {
    int found = n4j_trid_get(id, "serial", identity->serial, sizeof(identity->serial), error);
    if (found < 0) {
        return found;
    }
    if (!is_ascii(identity->serial)) {
        return n4j_trid_bad_value("serial", identity->serial, "up to 20 ASCII characters", error);
    }
    found = n4j_trid_get(id, "subnqn", identity->subnqn, sizeof(identity->subnqn), error);
    if (found > 0 && !is_nqn(identity->subnqn)) {
        return n4j_trid_bad_value("subnqn", identity->subnqn,
                                  "a name such as nqn.2026-01.org.example:disk", error);
    }
    return found < 0 ? found : 0;
}

static int parse_cntlid(const char *id, struct config_identity *identity, struct n4j_error *error) {
    char value[8];
    int found = n4j_trid_get(id, "cntlid", value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    char *end;
    const unsigned long number = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || number > CONFIG_CNTLID_MAX) {
        return n4j_trid_bad_value("cntlid", value, "0 to 65519", error);
    }
    identity->cntlid = (uint16_t)number;
    identity->cntlid_given = true;
    return 0;
}

/* 1 where the key is there. All zeroes would say that there is no identifier. */
static int parse_bytes(const char *id, const char *key, uint8_t *bytes, size_t size,
                       struct n4j_error *error) {
    char value[33];
    int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    bool is_good = strlen(value) == 2 * size && strspn(value, "0123456789abcdefABCDEF") == 2 * size;
    bool is_zero = true;
    for (size_t i = 0; is_good && i < size; i++) {
        const char digits[3] = {value[2 * i], value[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
        is_zero = is_zero && bytes[i] == 0;
    }
    if (!is_good || is_zero) {
        char allowed[64];
        snprintf(allowed, sizeof(allowed), "%zu hexadecimal digits that are not all 0", 2 * size);
        return n4j_trid_bad_value(key, value, allowed, error);
    }
    return found;
}

int config_identity_parse(const char *transport_id, struct config_identity *identity,
                          struct n4j_error *error) {
    int code = parse_names(transport_id, identity, error);
    if (code == 0) {
        code = parse_cntlid(transport_id, identity, error);
    }
    if (code == 0) {
        code = parse_bytes(transport_id, "eui64", identity->eui64, sizeof(identity->eui64), error);
        identity->eui64_given = code > 0;
    }
    if (code >= 0) {
        code = parse_bytes(transport_id, "nguid", identity->nguid, sizeof(identity->nguid), error);
        identity->nguid_given = code > 0;
    }
    return code < 0 ? code : 0;
}
