/* SPDX-License-Identifier: Apache-2.0 */

#include "options.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "transport.h"

struct option {
    const char *name;
    bool (*valid)(const char *value);
    char *value;
};

static bool number(const char *value) {
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    return errno == 0 && end != value && *end == '\0' && number >= 0 && number <= 1 << 30;
}

static bool positive_number(const char *value) {
    return number(value) && strtol(value, NULL, 10) > 0;
}

static bool is_flag(const char *value) {
    return strcmp(value, "0") == 0 || strcmp(value, "1") == 0;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct option options[] = {
    /* of the environment */
    {"spdk.memory_mb", positive_number, NULL},
    {"spdk.shared_memory_id", number, NULL},
    /* of controllers */
    {"spdk.header_digest", is_flag, NULL},
    {"spdk.data_digest", is_flag, NULL},
    {"spdk.keep_alive_ms", positive_number, NULL},
    {"spdk.no_shutdown_notification", is_flag, NULL},
};

static struct option *find(const char *name) {
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

int n4j_option_set(const char *name, const char *value, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    struct option *option = find(name);
    if (option == NULL) {
        return n4j_fail(&error, -EINVAL, "unknown option %s", name);
    }
    if (!option->valid(value)) {
        return n4j_fail(&error, -EINVAL, "\"%s\" is no value for option %s", value, name);
    }
    char *copy = strdup(value);
    if (copy == NULL) {
        return n4j_fail(&error, -ENOMEM, "out of memory");
    }
    pthread_mutex_lock(&lock);
    /* The old value is not freed: a reader may hold it, and options are set a few times at most. */
    option->value = copy;
    pthread_mutex_unlock(&lock);
    return 0;
}

const char *n4j_option(const char *name) {
    const struct option *option = find(name);
    if (option == NULL) {
        return NULL;
    }
    pthread_mutex_lock(&lock);
    const char *value = option->value;
    pthread_mutex_unlock(&lock);
    return value;
}
