/* SPDX-License-Identifier: Apache-2.0 */

#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transport_id.h"

#define MOST (1L << 30)

static const char *const names[] = {
    "memory_mb",     "shared_memory_id",         "iova_mode", "header_digest", "data_digest",
    "keep_alive_ms", "no_shutdown_notification", NULL};

static int no_value(const char *name, const char *value, struct n4j_error *error) {
    return n4j_fail(error, -EINVAL, "\"%s\" is no value for option %s", value, name);
}

/* Leaves `number` as it is where the text doesn't have it. */
static int read_number(const char *text, const char *name, long least, long most, int32_t *number,
                       struct n4j_error *error) {
    char value[16];
    int found = n4j_trid_get(text, name, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    char *end;
    errno = 0;
    const long read = strtol(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || read < least || read > most) {
        return no_value(name, value, error);
    }
    *number = (int32_t)read;
    return 0;
}

static int read_flag(const char *text, const char *name, bool *flag, struct n4j_error *error) {
    int32_t number = 0;
    int code = read_number(text, name, 0, 1, &number, error);
    *flag = number == 1;
    return code;
}

static int read_mode(const char *text, struct n4j_options *options, struct n4j_error *error) {
    char value[16];
    int found = n4j_trid_get(text, "iova_mode", value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    if (strcmp(value, "va") != 0 && strcmp(value, "pa") != 0) {
        return no_value("iova_mode", value, error);
    }
    memcpy(options->iova_mode, value, sizeof(options->iova_mode));
    return 0;
}

int n4j_options_read(const char *text, struct n4j_options *options, struct n4j_error *error) {
    *options = (struct n4j_options){.shared_memory_id = N4J_NOT_SHARED};
    if (text == NULL) {
        return 0;
    }
    if (n4j_trid_check_keys(text, names, error) != 0) {
        return n4j_fail(error, -EINVAL, "there is an unknown option in \"%s\"", text);
    }
    int code = read_number(text, "memory_mb", 1, MOST, &options->memory_mb, error);
    if (code == 0) {
        code = read_number(text, "shared_memory_id", 0, MOST, &options->shared_memory_id, error);
    }
    if (code == 0) {
        code = read_mode(text, options, error);
    }
    if (code == 0) {
        code = read_flag(text, "header_digest", &options->header_digest, error);
    }
    if (code == 0) {
        code = read_flag(text, "data_digest", &options->data_digest, error);
    }
    if (code == 0) {
        code = read_number(text, "keep_alive_ms", 1, MOST, &options->keep_alive_ms, error);
    }
    if (code == 0) {
        code =
            read_flag(text, "no_shutdown_notification", &options->no_shutdown_notification, error);
    }
    return code;
}
