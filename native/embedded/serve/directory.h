/* SPDX-License-Identifier: Apache-2.0 */

/* The directory that a controller is served in: its socket, and who owns it. */
#ifndef EMBEDDED_SERVE_DIRECTORY_H
#define EMBEDDED_SERVE_DIRECTORY_H

#include <sys/un.h>

#include "transport.h"

struct directory {
    int lock; /* the directory, locked */
    struct sockaddr_un address;
};

/*
 * Makes the directory if there is none, and listens at "cntrl" in it. Returns the socket, or a negative
 * errno with a text: -EBUSY, another server is there.
 */
int directory_listen(struct directory *directory, const char *path, struct n4j_error *error);

/* Takes the socket away. The caller closes `listener`. */
void directory_close(struct directory *directory);

#endif
