/* SPDX-License-Identifier: Apache-2.0 */

/* The client's eventfds, one for each vector of MSIX. */
#ifndef EMBEDDED_SERVE_IRQS_H
#define EMBEDDED_SERVE_IRQS_H

#include "device/controller.h"
#include "serve/message.h"

struct irqs {
    struct iova_table *iova;
    atomic_int eventfds[DEVICE_INTERRUPT_VECTORS]; /* NO_FD: none */
};

void irqs_open(struct irqs *irqs, struct iova_table *iova);
void irqs_close(struct irqs *irqs);

/* 0, or -EINVAL: there is no such interrupt, or not in that way. */
int irqs_info(const struct message *message, struct reply *reply);
int irqs_set(struct irqs *irqs, struct message *message);

/* Sends an interrupt: by the controller's thread (struct device_outside). */
void irqs_interrupt(void *irqs, unsigned vector);

#endif
