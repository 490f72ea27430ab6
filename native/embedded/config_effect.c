/* SPDX-License-Identifier: Apache-2.0 */

#include "config_effect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_duration.h"

static bool parse_number(const char *text, uint64_t max, uint64_t *number) {
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *number <= max;
}

static const char *parse_field(const char *value, struct config_effect *effect) {
    return parse_number(value, UINT16_MAX, &effect->value) ? NULL : "takes a number up to 65535";
}

static const char *parse_percent(const char *value, struct config_effect *effect) {
    return parse_number(value, 100, &effect->value) ? NULL : "takes a percentage, 0 to 100";
}

static const char *parse_time(const char *value, struct config_effect *effect) {
    return config_duration_parse(value, &effect->value) == 0 && effect->value != 0
               ? NULL
               : "takes a time up to an hour, such as 10ms";
}

/* A number of completions, or a time. */
static const char *parse_late(const char *value, struct config_effect *effect) {
    if (parse_number(value, UINT32_MAX, &effect->value) && effect->value != 0) {
        effect->kind = EFFECT_LATE_BY;
        return NULL;
    }
    return parse_time(value, effect) == NULL
               ? NULL
               : "is no number of completions and no time up to an hour, such as late=3, late=10ms";
}

static const struct word {
    const char *name;
    enum config_effect_kind kind;
    const char *(*parse)(const char *value, struct config_effect *effect); /* NULL: has no value */
} words[] = {
    {"dropped", EFFECT_DROPPED, NULL},
    {"late", EFFECT_LATE, parse_late},
    {"twice", EFFECT_TWICE, NULL},
    {"wrong-cid", EFFECT_WRONG_CID, parse_field},
    {"wrong-sqhd", EFFECT_WRONG_SQHD, parse_field},
    {"wrong-phase", EFFECT_WRONG_PHASE, NULL},
    {"doorbell-ignored", EFFECT_DOORBELL_IGNORED, NULL},
    {"loses", EFFECT_LOSES, NULL},
    {"misdirects", EFFECT_MISDIRECTS, NULL},
    {"stale", EFFECT_STALE, NULL},
    {"rots", EFFECT_ROTS, NULL},
    {"rots-unseen", EFFECT_ROTS_UNSEEN, NULL},
    {"tears", EFFECT_TEARS, NULL},
    {"fatal", EFFECT_FATAL, NULL},
    {"removed", EFFECT_REMOVED, NULL},
    {"removed", EFFECT_REMOVED, parse_time},
    {"read-only", EFFECT_READ_ONLY, NULL},
    {"spare", EFFECT_SPARE, parse_percent},
    {"throttled", EFFECT_THROTTLED, parse_time},
    {"mended", EFFECT_MENDED, NULL},
};

bool config_effect_parse(const char *name, const char *value, struct config_effect *effect,
                         const char **why) {
    *why = NULL;
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const struct word *word = &words[i];
        if (strcmp(name, word->name) == 0 && (value != NULL) == (word->parse != NULL)) {
            effect->kind = word->kind;
            *why = value == NULL ? NULL : word->parse(value, effect);
            return true;
        }
    }
    return false;
}
