/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* process_vm_readv */

#include "device/vanishing.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

typedef ssize_t (*copy_fn)(pid_t pid, const struct iovec *local, unsigned long local_count,
                           const struct iovec *remote, unsigned long remote_count,
                           unsigned long flags);

enum outcome { COPIED, GONE, NOT_PERMITTED };

/* Of this process's own memory; `remote` is the one that may vanish. */
static enum outcome copy(copy_fn move, void *local, void *remote, size_t length) {
    for (size_t done = 0; done < length;) {
        const struct iovec here = {(char *)local + done, length - done};
        const struct iovec there = {(char *)remote + done, length - done};
        const ssize_t moved = move(getpid(), &here, 1, &there, 1, 0);
        if (moved <= 0) {
            return moved < 0 && (errno == EPERM || errno == ENOSYS) ? NOT_PERMITTED : GONE;
        }
        done += (size_t)moved;
    }
    return COPIED;
}

bool vanishing_read(void *to, const void *from, size_t length) {
    const enum outcome outcome = copy(process_vm_readv, to, (void *)from, length);
    if (outcome == NOT_PERMITTED) {
        memcpy(to, from, length);
    }
    return outcome != GONE;
}

bool vanishing_write(void *to, const void *from, size_t length) {
    const enum outcome outcome = copy(process_vm_writev, (void *)from, to, length);
    if (outcome == NOT_PERMITTED) {
        memcpy(to, from, length);
    }
    return outcome != GONE;
}
