/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* off_t of 64 bits in pread, pwrite */

#include "device/file_trailer.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAGIC "nvme4j namespace"

struct trailer {
    char magic[sizeof(MAGIC) - 1];
    uint64_t size;
    uint64_t number;
    uint64_t power_cycles;
    uint64_t unsafe_shutdowns;
    uint64_t is_in_use;
    uint8_t zeroes[456];
};
static_assert(sizeof(struct trailer) == FILE_TRAILER_SIZE, "blocks of 512 bytes");

static struct trailer trailer_of(uint64_t size, uint64_t number, const struct drive_life *life) {
    struct trailer trailer = {.size = htole64(size),
                              .number = htole64(number),
                              .power_cycles = htole64(life->power_cycles),
                              .unsafe_shutdowns = htole64(life->unsafe_shutdowns),
                              .is_in_use = htole64(life->is_in_use ? 1 : 0)};
    memcpy(trailer.magic, MAGIC, sizeof(trailer.magic));
    return trailer;
}

/* One write, so that a maker that is killed leaves an empty file or a whole one. */
int file_trailer_put(int file, uint64_t size, uint64_t number, const struct drive_life *life) {
    const struct trailer trailer = trailer_of(size, number, life);
    ssize_t written;
    do {
        written = pwrite(file, &trailer, sizeof(trailer), (off_t)size);
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        return errno;
    }
    return written == (ssize_t)sizeof(trailer) ? 0 : ENOSPC;
}

bool file_trailer_find(int file, uint64_t file_size, uint64_t *number, struct drive_life *life) {
    if (file_size <= FILE_TRAILER_SIZE) {
        return false;
    }
    const uint64_t size = file_size - FILE_TRAILER_SIZE;
    struct trailer found;
    if (pread(file, &found, sizeof(found), (off_t)size) != (ssize_t)sizeof(found)) {
        return false;
    }
    const struct drive_life held = {
        .power_cycles = le64toh(found.power_cycles),
        .unsafe_shutdowns = le64toh(found.unsafe_shutdowns),
        .is_in_use = found.is_in_use != 0,
    };
    const struct trailer expected = trailer_of(size, le64toh(found.number), &held);
    if (memcmp(&found, &expected, sizeof(found)) != 0) {
        return false;
    }
    *number = le64toh(found.number);
    *life = held;
    return true;
}
