/* SPDX-License-Identifier: Apache-2.0 */

#include "device/drive.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "device/fork.h"
#include "device/namespace.h"
#include "device/recorder.h"
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
    recorder_close(drive->recording);
    for (uint32_t i = 0; i < drive->namespace_count; i++) {
        namespace_close(&drive->namespaces[i], discard);
    }
    faults_close(drive->faults);
    free(drive->namespaces);
    free(drive);
}

/* What a drive is a fork of; all zeroes: of none. */
struct origin {
    struct n4j_drive *parent;
    const uint64_t *contents;
};

static int open_namespace(struct n4j_drive *drive, uint32_t index, const struct origin *origin,
                          struct n4j_error *error) {
    struct namespace *ns = &drive->namespaces[index];
    if (origin->parent == NULL) {
        return namespace_open(ns, &drive->config, error);
    }
    struct fork *fork = fork_open(&origin->parent->namespaces[index], index + 1,
                                  origin->parent->recording, origin->contents);
    return fork == NULL ? n4j_fail(error, -ENOMEM, "out of memory")
                        : namespace_open_fork(ns, &drive->config, fork, error);
}

static int make(const struct config *config, const struct origin *origin, struct n4j_drive **made,
                struct n4j_error *error) {
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
        const int code = open_namespace(drive, drive->namespace_count, origin, error);
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

static int open_named(const struct config *config, const struct origin *origin,
                      struct n4j_drive **drive, struct n4j_error *error) {
    if (find(config->drive) != NULL) {
        return n4j_fail(error, -EEXIST, "there is a drive %s already", config->drive);
    }
    const int code = make(config, origin, drive, error);
    if (code == 0) {
        (*drive)->next = named;
        named = *drive;
    }
    return code;
}

static int open_locked(const struct config *config, const struct origin *origin,
                       struct n4j_drive **drive, struct n4j_error *error) {
    if (config->drive[0] == '\0') {
        return n4j_fail(error, -EINVAL, "the drive has no name: add drive:NAME");
    }
    pthread_mutex_lock(&lock);
    const int code = open_named(config, origin, drive, error);
    if (code == 0 && origin->parent != NULL) {
        (*drive)->parent = origin->parent;
        origin->parent->forks++;
    }
    pthread_mutex_unlock(&lock);
    return code;
}

int drive_open(const struct config *config, struct n4j_drive **drive, struct n4j_error *error) {
    const struct origin none = {0};
    return open_locked(config, &none, drive, error);
}

int drive_fork(struct n4j_drive *parent, const struct config *config, const uint64_t *contents,
               struct n4j_drive **fork, struct n4j_error *error) {
    struct config expected = *config;
    memcpy(expected.drive, parent->config.drive, sizeof(expected.drive));
    if (memcmp(&expected, &parent->config, sizeof(expected)) != 0) {
        return n4j_fail(error, -EINVAL, "a fork has the keys of its drive, but for the name");
    }
    if (parent->recording == NULL) {
        return n4j_fail(error, -ENODATA, "drive %s has no recording", parent->config.drive);
    }
    const struct origin origin = {parent, contents};
    return open_locked(config, &origin, fork, error);
}

static void forget(const struct n4j_drive *drive) {
    struct n4j_drive **link = &named;
    while (*link != drive) {
        assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = drive->next;
}

/* Why a drive can't be closed now, or NULL. */
static const char *use(const struct n4j_drive *drive) {
    return drive->is_in_use   ? "a controller: detach it first"
           : drive->forks > 0 ? "forks: close them first"
                              : NULL;
}

int drive_close(struct n4j_drive *drive, struct n4j_error *error) {
    struct n4j_drive *parent = drive->parent;
    pthread_mutex_lock(&lock);
    const char *used = use(drive);
    if (used == NULL) {
        forget(drive);
    }
    pthread_mutex_unlock(&lock);
    if (used != NULL) {
        return n4j_fail(error, -EBUSY, "drive %s has %s", drive->config.drive, used);
    }
    free_drive(drive, false);
    if (parent != NULL) {
        pthread_mutex_lock(&lock);
        parent->forks--;
        pthread_mutex_unlock(&lock);
    }
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
        const struct origin none = {0};
        return make(config, &none, drive, error);
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
