/* SPDX-License-Identifier: Apache-2.0 */

/* Power of a drive that has a name, as nvme4j.h has it. */
#include <errno.h>
#include <string.h>

#include "device/drive.h"
#include "device/watch.h"

/* Nothing is executed any more when this returns. */
static void stop(struct device *device) {
    device_fail(device);
    for (unsigned reader = 0; reader < IOVA_READERS; reader++) {
        iova_reader_quiesce(device->iova, reader);
    }
    if (device->watch != NULL) {
        pthread_mutex_lock(&device->watch->lock);
        watch_look(device); /* for the last time */
        pthread_mutex_unlock(&device->watch->lock);
    }
}

void n4j_drive_cut_power(n4j_drive *drive) {
    drives_lock();
    drive_lose_power(drive);
    if (drive->device != NULL) {
        stop(drive->device);
    }
    drives_unlock();
}

static int power_on(n4j_drive *drive) {
    const int code = drive->watch == NULL ? 0 : watch_power_on(drive->watch);
    if (code == 0) {
        atomic_fetch_add(&drive->powerings, 1);
        atomic_store(&drive->is_off, false);
    }
    return code;
}

int n4j_drive_power_on(n4j_drive *drive, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    drives_lock();
    const int code = drive_is_off(drive) ? power_on(drive) : 0;
    drives_unlock();
    return code == 0 ? 0
                     : n4j_fail(&error, code, "drive %s can't be powered on: %s",
                                drive->config.drive, strerror(-code));
}
