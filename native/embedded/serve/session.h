/* SPDX-License-Identifier: Apache-2.0 */

/* One client after the other: what it asks, from its first message to its last. */
#ifndef EMBEDDED_SERVE_SESSION_H
#define EMBEDDED_SERVE_SESSION_H

#include "serve/dma.h"
#include "serve/irqs.h"
#include "serve/regions.h"

struct session {
    struct link link;
    struct regions regions;
    struct irqs irqs;
    struct dma dma;
    bool has_version; /* it has come to terms */
    struct message message;
    struct reply reply;
};

/*
 * Serves the client at link.socket until it goes, breaks the protocol, truncates its memory, or is to be
 * left. Then nothing of it is left, and the controller is as after power on.
 */
void session_run(struct session *session);

#endif
