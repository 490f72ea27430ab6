/* SPDX-License-Identifier: Apache-2.0 */

#include "device/drive.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device/namespace.h"
#include "device/watch.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of those that have names */
static struct n4j_drive *named;

void drives_lock(void) {
    pthread_mutex_lock(&lock);
}

void drives_unlock(void) {
    pthread_mutex_unlock(&lock);
}

/* What is kept in a file is what a cut has left, also where it gets no power any more. */
static void free_drive(struct n4j_drive *drive, bool discard) {
    if (drive->watch != NULL && drive_is_off(drive)) {
        watch_power_on(drive->watch);
    }
    watch_close(drive->watch);
    for (uint32_t i = 0; i < drive->namespace_count; i++) {
        namespace_close(&drive->namespaces[i], discard);
    }
    faults_close(drive->faults);
    free(drive->namespaces);
    free(drive);
}

static int make(const struct config *config, struct n4j_drive **made, struct n4j_error *error) {
    struct n4j_drive *drive = calloc(1, sizeof(*drive));
    struct namespace *namespaces = calloc(config->namespaces, sizeof(*namespaces));
    if (drive == NULL || namespaces == NULL) {
        free(drive);
        free(namespaces);
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    memcpy(&drive->config, config, sizeof(*config)); /* padding, too: it is compared */
    drive->namespaces = namespaces;
    health_mend(&drive->health);
    while (drive->namespace_count < config->namespaces) {
        const int code = namespace_open(&namespaces[drive->namespace_count], config, error);
        if (code != 0) {
            free_drive(drive, true);
            return code;
        }
        drive->namespace_count++;
    }
    int code = faults_open(&drive->config, &drive->faults);
    if (code == 0) {
        code = watch_open(&drive->config, &drive->watch);
    }
    if (code != 0) {
        free_drive(drive, true);
        return n4j_fail(error, code, "out of memory");
    }
    *made = drive;
    return 0;
}

static struct n4j_drive *find(const char *name) {
    struct n4j_drive *drive = named;
    while (drive != NULL && strcmp(drive->config.drive, name) != 0) {
        drive = drive->next;
    }
    return drive;
}

static int open_named(const struct config *config, struct n4j_drive **drive,
                      struct n4j_error *error) {
    if (find(config->drive) != NULL) {
        return n4j_fail(error, -EEXIST, "there is a drive %s already", config->drive);
    }
    const int code = make(config, drive, error);
    if (code == 0) {
        (*drive)->next = named;
        named = *drive;
    }
    return code;
}

int drive_open(const struct config *config, struct n4j_drive **drive, struct n4j_error *error) {
    if (config->drive[0] == '\0') {
        return n4j_fail(error, -EINVAL, "the drive has no name: add drive:NAME");
    }
    pthread_mutex_lock(&lock);
    const int code = open_named(config, drive, error);
    pthread_mutex_unlock(&lock);
    return code;
}

static void forget(const struct n4j_drive *drive) {
    struct n4j_drive **link = &named;
    while (*link != drive) {
        assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = drive->next;
}

int drive_close(struct n4j_drive *drive, struct n4j_error *error) {
    pthread_mutex_lock(&lock);
    const bool is_in_use = drive->is_in_use;
    if (!is_in_use) {
        forget(drive);
    }
    pthread_mutex_unlock(&lock);
    if (is_in_use) {
        return n4j_fail(error, -EBUSY, "drive %s has a controller: detach it first",
                        drive->config.drive);
    }
    free_drive(drive, false);
    return 0;
}

static int take_named(const struct config *config, struct n4j_drive **drive,
                      struct n4j_error *error) {
    const char *name = config->drive;
    *drive = find(name);
    if (*drive == NULL) {
        return n4j_fail(error, -ENOENT, "there is no drive %s in this process", name);
    }
    if (memcmp(&(*drive)->config, config, sizeof(*config)) != 0) {
        return n4j_fail(error, -EINVAL,
                        "drive %s was made with other keys: attach with those it was made with",
                        name);
    }
    if ((*drive)->is_in_use) {
        return n4j_fail(error, -EBUSY, "drive %s has a controller already", name);
    }
    if (drive_is_off(*drive)) {
        return n4j_fail(error, -ENODEV, "drive %s has no power: it was cut, and is not on again",
                        name);
    }
    (*drive)->is_in_use = true;
    return 0;
}

int drive_take(const struct config *config, struct n4j_drive **drive, struct n4j_error *error) {
    if (config->drive[0] == '\0') {
        return make(config, drive, error);
    }
    struct n4j_drive *found = NULL;
    pthread_mutex_lock(&lock);
    const int code = take_named(config, &found, error);
    pthread_mutex_unlock(&lock);
    *drive = code == 0 ? found : NULL;
    return code;
}

void drive_give_back(struct n4j_drive *drive, bool discard) {
    if (drive->config.drive[0] == '\0') {
        free_drive(drive, discard);
        return;
    }
    pthread_mutex_lock(&lock);
    assert(drive->is_in_use);
    drive->is_in_use = false;
    drive->device = NULL;
    pthread_mutex_unlock(&lock);
}
