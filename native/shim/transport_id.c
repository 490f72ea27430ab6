/* SPDX-License-Identifier: Apache-2.0 */

#include "transport_id.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct pair {
    const char *key;
    size_t key_length;
    const char *value;
    size_t value_length;
};

/*
 * Steps to the next pair after `*cursor`: 1 and the pair, 0 at the end, -EINVAL on a word without a
 * key or a value.
 */
static int next_pair(const char **cursor, struct pair *pair, struct n4j_error *error) {
    const char *word = *cursor;
    while (isspace((unsigned char)*word)) {
        word++;
    }
    if (*word == '\0') {
        return 0;
    }
    const char *end = word;
    while (*end != '\0' && !isspace((unsigned char)*end)) {
        end++;
    }
    *cursor = end;
    const char *colon = memchr(word, ':', (size_t)(end - word));
    if (colon == NULL || colon == word || colon + 1 == end) {
        return n4j_fail(error, -EINVAL, "\"%.*s\" in the transport id is no key:value pair",
                        (int)(end - word), word);
    }
    *pair = (struct pair){word, (size_t)(colon - word), colon + 1, (size_t)(end - colon - 1)};
    return 1;
}

static bool has_key(const struct pair *pair, const char *key) {
    return strlen(key) == pair->key_length && strncasecmp(pair->key, key, pair->key_length) == 0;
}

int n4j_trid_get(const char *transport_id, const char *key, char *value, size_t value_size,
                 struct n4j_error *error) {
    const char *cursor = transport_id;
    struct pair pair;
    bool found = false;
    int more;
    while ((more = next_pair(&cursor, &pair, error)) > 0) {
        if (!has_key(&pair, key)) {
            continue;
        }
        if (found) {
            return n4j_fail(error, -EINVAL, "the transport id holds %s twice", key);
        }
        if (pair.value_length >= value_size) {
            return n4j_fail(error, -EINVAL, "the value of %s is too long (at most %zu bytes)", key,
                            value_size - 1);
        }
        memcpy(value, pair.value, pair.value_length);
        value[pair.value_length] = '\0';
        found = true;
    }
    return more < 0 ? more : found;
}

int n4j_trid_check_keys(const char *transport_id, const char *const *keys,
                        struct n4j_error *error) {
    const char *cursor = transport_id;
    struct pair pair;
    int more;
    while ((more = next_pair(&cursor, &pair, error)) > 0) {
        const char *const *key = keys;
        while (*key != NULL && !has_key(&pair, *key)) {
            key++;
        }
        if (*key == NULL) {
            return n4j_fail(error, -EINVAL, "unknown key \"%.*s\" in the transport id",
                            (int)pair.key_length, pair.key);
        }
    }
    return more;
}

int n4j_trid_bad_value(const char *key, const char *value, const char *allowed,
                       struct n4j_error *error) {
    return n4j_fail(error, -EINVAL, "bad value \"%s\" of %s: it takes %s", value, key, allowed);
}

int n4j_parse_size(const char *text, uint64_t *bytes) {
    static const char units[] = "KMGT";
    if (!isdigit((unsigned char)*text)) {
        return -EINVAL;
    }
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0) {
        return -EINVAL;
    }
    unsigned shift = 0;
    const char *unit = *end == '\0' ? NULL : strchr(units, toupper((unsigned char)*end));
    if (unit != NULL) {
        shift = 10 * (unsigned)(unit - units + 1);
        end++;
        if (strcasecmp(end, "iB") == 0) {
            end += 2;
        }
    }
    if (*end != '\0' || number > (UINT64_MAX >> shift)) {
        return -EINVAL;
    }
    *bytes = (uint64_t)number << shift;
    return 0;
}
