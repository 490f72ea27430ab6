/* SPDX-License-Identifier: Apache-2.0 */

/*
 * BAR0: the registers are in a page of this process, and each access of the client's to them is a
 * message. Its doorbells are in a memfd that the client maps, another for each client, so that nobody
 * rings those of who comes after him.
 */
#ifndef EMBEDDED_SERVE_BAR_H
#define EMBEDDED_SERVE_BAR_H

#include "device/controller.h"

#define BAR_DOORBELLS 0x1000u /* where they begin, and what the client maps */

struct bar_memory {
    uint8_t *address; /* DEVICE_BAR_SIZE bytes */
    int doorbells;    /* memfd, or -1 */
};

/* 0 or a negative errno, as all that follow. */
int bar_open(struct bar_memory *bar);
void bar_close(struct bar_memory *bar);

/* Gives the client that comes next doorbells. */
int bar_lend_doorbells(struct bar_memory *bar);
void bar_take_doorbells(struct bar_memory *bar);

/* Access to the registers and doorbells, aligned to 4 bytes: else -EINVAL. What can't be written stays. */
int bar_read(const struct bar_memory *bar, uint64_t offset, void *to, size_t size);
int bar_write(const struct bar_memory *bar, struct device *device, uint64_t offset,
              const void *from, size_t size);

/* What a reset of the function does beyond a Controller Reset. */
void bar_reset(struct device *device);

#endif
