/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A drive: what stays when its controller is powered off. One that a transport id names (drive:) lives
 * from n4j_drive_open to n4j_drive_close; any other as long as its controller.
 */
#ifndef EMBEDDED_DEVICE_DRIVE_H
#define EMBEDDED_DEVICE_DRIVE_H

#include <stdatomic.h>

#include "device/faults.h"
#include "device/health.h"
#include "device/medium.h"

struct n4j_drive {
    struct config config; /* what it was made with */
    uint32_t namespace_count;
    struct namespace *namespaces; /* of NSID 1, 2, ... */
    struct faults *faults;        /* NULL: nothing goes wrong */
    struct watch *watch;          /* NULL: what was executed is durable */
    struct recorder *recording;   /* that has ended, or NULL */
    struct n4j_drive *parent;     /* of a fork */
    unsigned forks;               /* of the recording */
    atomic_bool is_off;           /* its power was cut */
    atomic_uint powerings;        /* how often it has got it back */
    struct health health;
    /* Of named ones, under the lock of all of them. */
    struct n4j_drive *next;
    bool is_in_use;        /* has a controller ... */
    struct device *device; /* ... and which, once that is made */
};

/* The lock of all drives that have names. */
void drives_lock(void);
void drives_unlock(void);

static inline void drive_lose_power(struct n4j_drive *drive) {
    atomic_store(&drive->is_off, true);
}

static inline bool drive_is_off(const struct n4j_drive *drive) {
    return atomic_load(&drive->is_off);
}

/* Makes a drive that others find by its name. 0, -EINVAL without a name, -EEXIST if there is one. */
int drive_open(const struct config *config, struct n4j_drive **drive, struct n4j_error *error);
/*
 * Makes one of what the recording of another has: the contents by block are the caller's, and are read
 * with each access. -EINVAL where the config is not that of the other, but for the name.
 */
int drive_fork(struct n4j_drive *parent, const struct config *config, const uint64_t *contents,
               struct n4j_drive **fork, struct n4j_error *error);
/* -EBUSY while it has a controller, or forks. */
int drive_close(struct n4j_drive *drive, struct n4j_error *error);

/*
 * For a controller: finds the drive with that name, or makes one that has none. -ENOENT, -EBUSY where
 * it has a controller, -EINVAL where it was made with something else.
 */
int drive_take(const struct config *config, struct n4j_drive **drive, struct n4j_error *error);
/* `discard`: the controller was never there, and leaves nothing behind. */
void drive_give_back(struct n4j_drive *drive, bool discard);

#endif
