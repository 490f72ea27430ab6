/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a file that was made to be a namespace ends with, behind its blocks and their metadata. A file
 * without it is somebody's: it can be attached to, and whoever writes to it had better be asked.
 *
 *   0  magic "nvme4j namespace"
 *  16  bytes before the trailer, little-endian
 *  24  the drive's own number, little-endian, of which its serial number and the like are made
 *  32  power cycles, 40 unsafe shutdowns, 48 whether it is in use (struct drive_life), little-endian
 *  56  zeroes, so that the file stays a number of 512-byte blocks
 * 512
 */
#ifndef EMBEDDED_DEVICE_FILE_TRAILER_H
#define EMBEDDED_DEVICE_FILE_TRAILER_H

#include <stdbool.h>
#include <stdint.h>

#include "device/medium.h"

#define FILE_TRAILER_SIZE 512

/*
 * Makes an empty file one of `size` zeroes and the trailer, or writes the trailer of such a file again.
 * 0, or an errno.
 */
int file_trailer_put(int file, uint64_t size, uint64_t number, const struct drive_life *life);

/*
 * Whether a file of so many bytes ends with it, and has not been cut or lengthened since. If so, what it
 * holds is filled in.
 */
bool file_trailer_find(int file, uint64_t file_size, uint64_t *number, struct drive_life *life);

#endif
