/* SPDX-License-Identifier: Apache-2.0 */

#include "serve/irqs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void irqs_open(struct irqs *irqs, struct iova_table *iova) {
    irqs->iova = iova;
    for (unsigned vector = 0; vector < DEVICE_INTERRUPT_VECTORS; vector++) {
        atomic_init(&irqs->eventfds[vector], NO_FD);
    }
}

/* The controller's thread may be writing to the old one, as a reader of the IOVA table. */
static void replace(struct irqs *irqs, unsigned vector, int fd) {
    const int old = atomic_exchange(&irqs->eventfds[vector], fd);
    if (old != NO_FD) {
        iova_table_quiesce(irqs->iova);
        close(old);
    }
}

void irqs_close(struct irqs *irqs) {
    for (unsigned vector = 0; vector < DEVICE_INTERRUPT_VECTORS; vector++) {
        replace(irqs, vector, NO_FD);
    }
}

int irqs_info(const struct message *message, struct reply *reply) {
    struct vfu_irq_info info;
    if (!message_get(message, &info, sizeof(info)) || info.index >= VFU_IRQS) {
        return -EINVAL;
    }
    const bool is_msix = info.index == VFU_IRQ_MSIX;
    info.argsz = sizeof(info);
    info.flags = is_msix ? VFU_IRQ_EVENTFD | VFU_IRQ_NORESIZE : 0;
    info.count = is_msix ? DEVICE_INTERRUPT_VECTORS : 0;
    reply_put(reply, &info, sizeof(info));
    return 0;
}

/* Anything else may make the controller wait who knows how long when it writes to it. */
static bool is_eventfd(int fd) {
    static const char expected[] = "anon_inode:[eventfd]";
    char path[32];
    char target[sizeof(expected)];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return readlink(path, target, sizeof(target)) == sizeof(expected) - 1 &&
           memcmp(target, expected, sizeof(expected) - 1) == 0 &&
           fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static void interrupt_some(struct irqs *irqs, const struct vfu_irq_set *set, const uint8_t *which) {
    for (uint32_t i = 0; i < set->count; i++) {
        if (which == NULL || which[i] != 0) {
            irqs_interrupt(irqs, set->start + i);
        }
    }
}

/* A file descriptor for each vector, or none, which takes theirs away. */
static int set_eventfds(struct irqs *irqs, const struct vfu_irq_set *set, struct message *message) {
    if (message->fd_count != 0 && message->fd_count != set->count) {
        return -EINVAL;
    }
    for (unsigned i = 0; i < message->fd_count; i++) {
        if (!is_eventfd(message->fds[i])) {
            return -EINVAL;
        }
    }
    for (uint32_t i = 0; i < set->count; i++) {
        replace(irqs, set->start + i, message_take_fd(message, i));
    }
    return 0;
}

int irqs_set(struct irqs *irqs, struct message *message) {
    struct vfu_irq_set set;
    if (!message_get(message, &set, sizeof(set)) || set.index != VFU_IRQ_MSIX ||
        set.start > DEVICE_INTERRUPT_VECTORS || set.count > DEVICE_INTERRUPT_VECTORS - set.start) {
        return -EINVAL;
    }
    switch (set.flags) {
    case VFU_SET_DATA_EVENTFD | VFU_SET_TRIGGER:
        return set_eventfds(irqs, &set, message);
    case VFU_SET_DATA_NONE | VFU_SET_TRIGGER:
        if (set.count == 0) {
            irqs_close(irqs);
        }
        interrupt_some(irqs, &set, NULL);
        return 0;
    case VFU_SET_DATA_BOOL | VFU_SET_TRIGGER:
        if (message->length < sizeof(set) + set.count) {
            return -EINVAL;
        }
        interrupt_some(irqs, &set, message->payload + sizeof(set));
        return 0;
    default:
        return -EINVAL; /* masks are the client's own */
    }
}

void irqs_interrupt(void *irqs, unsigned vector) {
    const uint64_t one = 1;
    const int fd = atomic_load(&((struct irqs *)irqs)->eventfds[vector]);
    /* One that is full is seen as well; one that is no eventfd is its client's fault. */
    if (fd != NO_FD && write(fd, &one, sizeof(one)) < 0) {
        return;
    }
}
