/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* memfd_create */

#include "serve/bar.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NO_MEMFD (-1)

int bar_open(struct bar_memory *bar) {
    bar->doorbells = NO_MEMFD;
    bar->address =
        mmap(NULL, DEVICE_BAR_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return bar->address == MAP_FAILED ? -errno : 0;
}

void bar_close(struct bar_memory *bar) {
    bar_take_doorbells(bar);
    munmap(bar->address, DEVICE_BAR_SIZE);
}

/* As large as the BAR, so that offsets agree; its size is for good, else to ring could be a SIGBUS. */
static int make_memfd(void) {
    const int fd = memfd_create("nvme4j-doorbells", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd >= 0 && ftruncate(fd, DEVICE_BAR_SIZE) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0) {
        return fd;
    }
    const int code = -errno;
    if (fd >= 0) {
        close(fd);
    }
    return code;
}

int bar_lend_doorbells(struct bar_memory *bar) {
    const int fd = make_memfd();
    if (fd < 0) {
        return fd;
    }
    void *mapped = mmap(bar->address + BAR_DOORBELLS, DEVICE_BAR_SIZE - BAR_DOORBELLS,
                        PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, BAR_DOORBELLS);
    if (mapped == MAP_FAILED) {
        const int code = -errno;
        close(fd);
        return code;
    }
    bar->doorbells = fd;
    return 0;
}

/* The mapping stays until the next client's takes its place: the controller looks at it all the time. */
void bar_take_doorbells(struct bar_memory *bar) {
    if (bar->doorbells != NO_MEMFD) {
        close(bar->doorbells);
        bar->doorbells = NO_MEMFD;
    }
}

static bool is_inside(uint64_t offset, size_t size) {
    return offset <= DEVICE_BAR_SIZE && size <= DEVICE_BAR_SIZE - offset && size > 0 &&
           offset % 4 == 0 && size % 4 == 0;
}

static _Atomic uint32_t *word_at(const struct bar_memory *bar, uint64_t offset) {
    return (_Atomic uint32_t *)(void *)(bar->address + offset);
}

int bar_read(const struct bar_memory *bar, uint64_t offset, void *to, size_t size) {
    if (!is_inside(offset, size)) {
        return -EINVAL;
    }
    for (size_t at = 0; at < size; at += 4) {
        const uint32_t word = atomic_load(word_at(bar, offset + at));
        memcpy((uint8_t *)to + at, &word, sizeof(word));
    }
    return 0;
}

/* Base, "Controller Properties": what is not here is read-only, or nothing to this controller. */
static void write_word(const struct bar_memory *bar, struct device *device, uint64_t offset,
                       uint32_t word) {
    switch (offset) {
    case offsetof(struct nvme_registers, cc):
        device_write_cc(device, word);
        break;
    case offsetof(struct nvme_registers, aqa):
    case offsetof(struct nvme_registers, asq):
    case offsetof(struct nvme_registers, asq) + 4:
    case offsetof(struct nvme_registers, acq):
    case offsetof(struct nvme_registers, acq) + 4:
        atomic_store(word_at(bar, offset), word);
        break;
    default:
        if (offset >= BAR_DOORBELLS) {
            atomic_store(word_at(bar, offset), word);
        }
    }
}

int bar_write(const struct bar_memory *bar, struct device *device, uint64_t offset,
              const void *from, size_t size) {
    if (!is_inside(offset, size)) {
        return -EINVAL;
    }
    for (size_t at = 0; at < size; at += 4) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)from + at, sizeof(word));
        write_word(bar, device, offset + at, word);
    }
    return 0;
}

void bar_reset(struct device *device) {
    struct nvme_registers *registers = device_registers(device);
    atomic_store(&registers->aqa, 0);
    atomic_store(&registers->asq, 0);
    atomic_store(&registers->acq, 0);
}
