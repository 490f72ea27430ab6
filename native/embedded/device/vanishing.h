/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Access to memory that may vanish: a mapped file, once it is truncated, is a SIGBUS to who touches it.
 * The system copies such memory instead, and says EFAULT.
 */
#ifndef EMBEDDED_DEVICE_VANISHING_H
#define EMBEDDED_DEVICE_VANISHING_H

#include <stdbool.h>
#include <stddef.h>

/* `from`, or `to`, may vanish. False: it has, or may not be written, and a part may have been copied. */
bool vanishing_read(void *to, const void *from, size_t length);
bool vanishing_write(void *to, const void *from, size_t length);

#endif
