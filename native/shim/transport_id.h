/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Transport ids: "key:value" pairs separated by blanks, keys in any case, values up to the next
 * blank (they may hold colons).
 */
#ifndef N4J_TRANSPORT_ID_H
#define N4J_TRANSPORT_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "transport.h"

/*
 * Copies the value of `key` to `value`. Returns 1 if found, 0 if not, -EINVAL (with a text) if the id
 * is malformed, holds the key twice, or the value does not fit.
 */
int n4j_trid_get(const char *transport_id, const char *key, char *value, size_t value_size,
                 struct n4j_error *error);

/*
 * 0, or -EINVAL naming the first key that is not in `keys` (NULL-terminated).
 */
int n4j_trid_check_keys(const char *transport_id, const char *const *keys, struct n4j_error *error);

/* -EINVAL, with a text that says what values a key takes. */
int n4j_trid_bad_value(const char *key, const char *value, const char *allowed,
                       struct n4j_error *error);

/* Parses "512", "4K", "1M", "2G", "1T" (binary units, any case, optional iB) to bytes; -EINVAL. */
int n4j_parse_size(const char *text, uint64_t *bytes);

#endif
