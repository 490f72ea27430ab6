/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Access to memory that may vanish: a mapped file, once it is truncated, is a SIGBUS to who touches it.
 * The system copies such memory instead, and says EFAULT.
 */
#ifndef EMBEDDED_DEVICE_VANISHING_H
#define EMBEDDED_DEVICE_VANISHING_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* `from`, or `to`, may vanish. False: it has, or may not be written, and a part may have been copied. */
bool vanishing_read(void *to, const void *from, size_t length);
bool vanishing_write(void *to, const void *from, size_t length);

/* The same of memory that may vanish or not. */
static inline bool host_read(void *to, const void *from, size_t length, bool may_vanish) {
    if (may_vanish) {
        return vanishing_read(to, from, length);
    }
    memcpy(to, from, length);
    return true;
}

static inline bool host_write(void *to, const void *from, size_t length, bool may_vanish) {
    if (may_vanish) {
        return vanishing_write(to, from, length);
    }
    memcpy(to, from, length);
    return true;
}

#endif
