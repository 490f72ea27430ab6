/* SPDX-License-Identifier: Apache-2.0 */

#include "config_faults.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_duration.h"
#include "nvme_spec.h"
#include "transport_id.h"

#define TEXT_MAX 2048

static int fail(struct n4j_error *error, const char *word, const char *why) {
    return n4j_fail(error, -EINVAL, "faults: \"%s\" %s", word, why);
}

static bool parse_number(const char *text, int base, uint64_t max, uint64_t *number) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, base);
    const bool begins = text[0] >= '0' && text[0] <= (base == 16 ? 'f' : '9');
    return begins && *end == '\0' && errno == 0 && *number <= max;
}

static int parse_opcode(const char *word, struct config_fault *rule, struct n4j_error *error) {
    static const struct {
        const char *name;
        int opcode;
    } names[] = {{"any", CONFIG_FAULT_ANY_OPCODE},
                 {"enable", CONFIG_FAULT_ENABLING},
                 {"read", NVME_READ},
                 {"write", NVME_WRITE},
                 {"compare", NVME_COMPARE},
                 {"write-zeroes", NVME_WRITE_ZEROES},
                 {"deallocate", NVME_DATASET_MANAGEMENT},
                 {"flush", NVME_FLUSH}};
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(word, names[i].name) == 0) {
            rule->opcode = names[i].opcode;
            return 0;
        }
    }
    uint64_t opcode;
    if (strncmp(word, "0x", 2) != 0 || !parse_number(word + 2, 16, 0xff, &opcode)) {
        return fail(error, word,
                    "is no opcode, which a rule begins with: any, read, write, compare, "
                    "write-zeroes, deallocate, flush, 0x.. or enable");
    }
    rule->opcode = (int)opcode;
    return 0;
}

static int parse_range(const char *word, char *value, struct config_fault *rule,
                       struct n4j_error *error) {
    char *plus = strchr(value, '+');
    if (plus == NULL) {
        return fail(error, word, "is no range: lba=FIRST+COUNT");
    }
    *plus = '\0';
    const bool is_good = parse_number(value, 10, UINT64_MAX, &rule->first_lba) &&
                         parse_number(plus + 1, 10, UINT64_MAX, &rule->blocks) &&
                         rule->blocks != 0 && rule->blocks - 1 <= UINT64_MAX - rule->first_lba;
    *plus = '+';
    return is_good ? 0 : fail(error, word, "is no range: lba=FIRST+COUNT");
}

static int parse_status(const char *word, const char *value, struct config_fault *rule,
                        struct n4j_error *error) {
    uint64_t status;
    if (!parse_number(value, 16, 0x7ff, &status) || status == 0) {
        return fail(error, word,
                    "is no status: SCT and SC in hexadecimal, 1 to 7ff, such as fails=281");
    }
    rule->status = (uint16_t)status;
    return 0;
}

static int parse_count(const char *word, const char *value, uint64_t *number,
                       struct n4j_error *error) {
    return parse_number(value, 10, UINT64_MAX, number) && *number != 0
               ? 0
               : fail(error, word, "takes a number from 1");
}

static int parse_value(const char *word, const char *name, char *value, struct config_fault *rule,
                       struct n4j_error *error) {
    if (strcmp(name, "lba") == 0) {
        return parse_range(word, value, rule, error);
    }
    if (strcmp(name, "command") == 0) {
        return parse_count(word, value, &rule->command, error);
    }
    if (strcmp(name, "one-in") == 0) {
        return parse_count(word, value, &rule->one_in, error);
    }
    if (strcmp(name, "times") == 0) {
        return parse_count(word, value, &rule->times, error);
    }
    if (strcmp(name, "after") == 0) {
        return parse_count(word, value, &rule->after, error);
    }
    if (strcmp(name, "fails") == 0) {
        return parse_status(word, value, rule, error);
    }
    if (strcmp(name, "slow") == 0) {
        return config_duration_parse(value, &rule->slow_ns) == 0 && rule->slow_ns != 0
                   ? 0
                   : fail(error, word, "is no time up to an hour, such as slow=10ms");
    }
    const char *why;
    if (config_effect_parse(name, value, &rule->effect, &why)) {
        return why == NULL ? 0 : fail(error, word, why);
    }
    return fail(error, word,
                "is unknown: lba, command, one-in, times, after, fails, slow, late, wrong-cid, "
                "wrong-sqhd, removed, spare and throttled have values");
}

static int parse_word(char *word, struct config_fault *rule, struct n4j_error *error) {
    if (strcmp(word, "dnr") == 0) {
        rule->do_not_retry = true;
        return 0;
    }
    if (strcmp(word, "until-rewritten") == 0) {
        rule->until_rewritten = true;
        return 0;
    }
    if (strcmp(word, "stuck") == 0) {
        rule->is_stuck = true;
        return 0;
    }
    if (strcmp(word, "cuts-power") == 0) {
        rule->cuts_power = true;
        return 0;
    }
    const char *why;
    if (config_effect_parse(word, NULL, &rule->effect, &why)) {
        return 0;
    }
    char name[16];
    char *equals = strchr(word, '=');
    if (equals == NULL || (size_t)(equals - word) >= sizeof(name)) {
        return fail(
            error, word,
            "is unknown: dnr, until-rewritten, stuck, cuts-power, loses, misdirects, stale, "
            "rots, rots-unseen, tears, dropped, twice, wrong-phase, doorbell-ignored, fatal, "
            "removed, read-only and mended have no "
            "value");
    }
    snprintf(name, sizeof(name), "%.*s", (int)(equals - word), word);
    return parse_value(word, name, equals + 1, rule, error);
}

static bool can_be_of_enabling(const struct config_fault *rule) {
    return rule->status == 0 && rule->blocks == 0 && !rule->cuts_power &&
           (rule->effect.kind == EFFECT_NONE || config_effect_is_of_controller(rule->effect.kind));
}

static int check(const char *first, const struct config_fault *rule, struct n4j_error *error) {
    const int effects = (rule->status != 0) + rule->is_stuck + (rule->slow_ns != 0) +
                        rule->cuts_power + (rule->effect.kind != EFFECT_NONE);
    if (effects != 1) {
        return fail(error, first,
                    "begins a rule that wants one effect: fails, stuck, slow, cuts-power, loses, "
                    "misdirects, stale, rots, rots-unseen, tears, dropped, "
                    "late, twice, wrong-cid, wrong-sqhd, wrong-phase, doorbell-ignored, fatal, "
                    "removed, read-only, spare, throttled or mended");
    }
    if (rule->status == 0 && (rule->do_not_retry || rule->until_rewritten)) {
        return fail(error, first, "begins a rule where dnr or until-rewritten is without fails");
    }
    if (rule->opcode == CONFIG_FAULT_ENABLING && !can_be_of_enabling(rule)) {
        return fail(error, first,
                    "begins a rule without lba, and of the effects with one of stuck, slow, fatal, "
                    "removed, read-only, spare, throttled and mended");
    }
    const bool is_plain = rule->blocks != 0 && rule->blocks <= CONFIG_FAULT_REWRITTEN_MAX &&
                          rule->one_in == 1 && rule->times == 0 && rule->command == 0 &&
                          rule->after == 0;
    if (rule->until_rewritten && !is_plain) {
        return fail(
            error, first,
            "begins a rule where until-rewritten wants lba, of up to 65536 blocks, and none "
            "of one-in, times, after and command");
    }
    return 0;
}

static int parse_rule(char *text, struct config_fault *rule, struct n4j_error *error) {
    char *rest = NULL;
    const char *first = strtok_r(text, ",", &rest);
    rule->one_in = 1; /* the rest is 0 */
    if (first == NULL) {
        return fail(error, "", "is no rule");
    }
    int code = parse_opcode(first, rule, error);
    for (char *word; code == 0 && (word = strtok_r(NULL, ",", &rest)) != NULL;) {
        code = parse_word(word, rule, error);
    }
    if (rule->cuts_power && rule->times == 0) {
        rule->times = 1;
    }
    return code == 0 ? check(first, rule, error) : code;
}

int config_faults_parse(const char *transport_id, struct config_faults *faults,
                        struct n4j_error *error) {
    char text[TEXT_MAX];
    int code = n4j_trid_get(transport_id, "faults", text, sizeof(text), error);
    if (code <= 0) {
        return code;
    }
    char *rest = NULL;
    code = 0;
    for (char *rule = strtok_r(text, ";", &rest); rule != NULL && code == 0;
         rule = strtok_r(NULL, ";", &rest)) {
        if (faults->count == CONFIG_FAULTS_MAX) {
            return fail(error, rule, "is one rule too many: there can be 16");
        }
        code = parse_rule(rule, &faults->rules[faults->count++], error);
    }
    return code;
}
