/* SPDX-License-Identifier: Apache-2.0 */

/* Recordings of drives and what is made of them, as nvme4j.h has it. */
#include <errno.h>

#include "device/drive.h"
#include "device/fork.h"
#include "device/recorder.h"
#include "device/watch.h"

/* Has the drive record into this, or into nothing; returns what it recorded into. */
static struct recorder *swap(struct watch *watch, struct recorder *recorder) {
    pthread_mutex_lock(&watch->lock);
    struct recorder *former = watch->recorder;
    watch->recorder = recorder;
    if (recorder != NULL) {
        undecided_forget_all(&watch->undecided);
    }
    pthread_mutex_unlock(&watch->lock);
    return former;
}

static int record(n4j_drive *drive, struct n4j_error *error) {
    if (drive->watch == NULL) {
        return n4j_fail(error, -EINVAL,
                        "drive %s keeps no account of what a power cut may leave: give it vwc:1 or "
                        "another key of power cuts",
                        drive->config.drive);
    }
    if (drive->forks > 0) {
        return n4j_fail(error, -EBUSY, "drive %s has forks: close them first", drive->config.drive);
    }
    struct recorder *recorder =
        recorder_open(drive->config.block_size + drive->config.metadata_size);
    if (recorder == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    recorder_close(swap(drive->watch, recorder));
    recorder_close(drive->recording);
    drive->recording = NULL;
    return 0;
}

int n4j_drive_record(n4j_drive *drive, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    drives_lock();
    const int code = record(drive, &error);
    drives_unlock();
    return code;
}

uint64_t n4j_drive_moment(n4j_drive *drive) {
    struct watch *watch = drive->watch;
    if (watch == NULL) {
        return 0;
    }
    pthread_mutex_lock(&watch->lock);
    const uint64_t moment =
        watch->recorder == NULL ? UINT64_MAX >> 1 : recorder_moment(watch->recorder, watch->now);
    pthread_mutex_unlock(&watch->lock);
    return moment;
}

static int recording(n4j_drive *drive, n4j_recording *view, struct n4j_error *error) {
    struct recorder *ended = drive->watch == NULL ? NULL : swap(drive->watch, NULL);
    if (ended != NULL) {
        drive->recording = ended;
    }
    if (drive->recording == NULL) {
        return n4j_fail(error, -ENODATA, "drive %s has recorded nothing", drive->config.drive);
    }
    const int code = recorder_view(drive->recording, view);
    return code == 0 ? 0 : n4j_fail(error, code, "there was no memory for the whole recording");
}

int n4j_drive_recording(n4j_drive *drive, n4j_recording *view, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    drives_lock();
    const int code = recording(drive, view, &error);
    drives_unlock();
    return code;
}

int n4j_drive_fork(n4j_drive *parent, const char *transport_id, const uint64_t *contents,
                   n4j_drive **fork, char *text, size_t text_size) {
    struct n4j_error error = {text, text_size};
    struct config config;
    const int code = config_parse(transport_id, &config, &error);
    return code == 0 ? drive_fork(parent, &config, contents, fork, &error) : code;
}

void n4j_drive_reset(n4j_drive *drive) {
    if (drive->parent == NULL) {
        return;
    }
    for (uint32_t i = 0; i < drive->namespace_count; i++) {
        fork_reset(drive->namespaces[i].fork);
    }
    pthread_mutex_lock(&drive->watch->lock);
    undecided_forget_all(&drive->watch->undecided);
    pthread_mutex_unlock(&drive->watch->lock);
}
