/* SPDX-License-Identifier: Apache-2.0 */

/* Messages of a client: how they come in, and how replies go out. */
#ifndef EMBEDDED_SERVE_MESSAGE_H
#define EMBEDDED_SERVE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "serve/protocol.h"

#define MESSAGE_DATA_MAX 0x4000u /* bytes that an access to a region moves: the largest region's */
#define MESSAGE_PAYLOAD_MAX (MESSAGE_DATA_MAX + 64u)
#define MESSAGE_FDS_MAX 16 /* file descriptors with one message */
#define NO_FD (-1)

/* Where a client is, and what interrupts the wait for it. */
struct link {
    int socket;
    int listener; /* other clients, who are turned away */
    int wake;     /* readable: the client is to be left */
};

struct message {
    struct vfu_header header;
    size_t length; /* of the payload */
    _Alignas(8) uint8_t payload[MESSAGE_PAYLOAD_MAX];
    unsigned fd_count;
    int fds[MESSAGE_FDS_MAX]; /* NO_FD: somebody has taken it */
};

struct reply {
    size_t length;
    _Alignas(8) uint8_t payload[MESSAGE_PAYLOAD_MAX];
    int fd; /* to go along, or NO_FD; stays the server's */
};

/*
 * Waits for the next message. 0; or a negative errno, after which the stream can't be followed any more:
 * -ECONNRESET where the client has gone, -ECANCELED where it is to be left.
 */
int message_receive(const struct link *link, struct message *message);

/* Closes those of its file descriptors that nobody has taken. */
void message_release(struct message *message);

/* A file descriptor, which the caller closes; NO_FD where there is none of that number. */
int message_take_fd(struct message *message, unsigned index);

/* Copies a structure out that the payload begins with. False: it is too short for it. */
bool message_get(const struct message *message, void *to, size_t size);

/* Puts bytes at the end of a reply. */
void reply_put(struct reply *reply, const void *from, size_t size);

/* Replies in one piece, unless no reply is wanted. `code`: 0 or a negative errno. Returns as above. */
int message_reply(const struct link *link, const struct message *message, const struct reply *reply,
                  int code);

#endif
