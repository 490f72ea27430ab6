/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* accept4, MSG_CMSG_CLOEXEC */

#include "serve/message.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define PATIENCE_MS 5000 /* within which the rest of a message follows its beginning */
#define FOR_EVER (-1)

/* One client at a time; others are told so by the end of their connection. */
static void turn_away(int listener) {
    const int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket >= 0) {
        close(socket);
    }
}

/* Waits until there is something of the client's, `timeout_ms` at most. */
static int wait_readable(const struct link *link, int timeout_ms) {
    struct pollfd fds[] = {
        {.fd = link->wake, .events = POLLIN},
        {.fd = link->socket, .events = POLLIN},
        {.fd = link->listener, .events = POLLIN},
    };
    for (;;) {
        const int ready = poll(fds, 3, timeout_ms);
        if (ready == 0) {
            return -ETIMEDOUT;
        }
        if (ready < 0 && errno != EINTR) {
            return -errno;
        }
        if (ready > 0 && fds[0].revents != 0) {
            return -ECANCELED;
        }
        /* Its end is seen before those who come after it. */
        if (ready > 0 && fds[1].revents != 0) {
            return 0;
        }
        if (ready > 0) {
            turn_away(link->listener);
        }
    }
}

/* Keeps what file descriptors came with a header; a negative errno where some were lost on the way. */
static int keep_fds(struct message *message, struct msghdr *received) {
    for (struct cmsghdr *control = CMSG_FIRSTHDR(received); control != NULL;
         control = CMSG_NXTHDR(received, control)) {
        if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        message->fd_count = (unsigned)((control->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        assert(message->fd_count <= MESSAGE_FDS_MAX);
        memcpy(message->fds, CMSG_DATA(control), message->fd_count * sizeof(int));
    }
    return (received->msg_flags & MSG_CTRUNC) != 0 ? -E2BIG : 0;
}

/* What there is of the header, with its file descriptors. */
static ssize_t receive_begin(const struct link *link, struct message *message, int *code) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(MESSAGE_FDS_MAX * sizeof(int))];
    struct iovec header = {&message->header, sizeof(message->header)};
    struct msghdr received = {
        .msg_iov = &header,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof(control),
    };
    const ssize_t got = recvmsg(link->socket, &received, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    *code = got < 0 ? -errno : got == 0 ? -ECONNRESET : keep_fds(message, &received);
    return got;
}

/* File descriptors that come with these bytes are closed by the system. */
static int receive_rest(const struct link *link, void *to, size_t length, uint64_t deadline_ms) {
    for (size_t done = 0; done < length;) {
        const uint64_t now_ms = n4j_now_ms();
        int code = wait_readable(link, now_ms < deadline_ms ? (int)(deadline_ms - now_ms) : 0);
        if (code != 0) {
            return code;
        }
        const ssize_t got = recv(link->socket, (char *)to + done, length - done, MSG_DONTWAIT);
        if (got == 0) {
            return -ECONNRESET;
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return -errno;
        }
        done += got < 0 ? 0 : (size_t)got;
    }
    return 0;
}

static int check_header(const struct vfu_header *header) {
    if ((header->flags & VFU_TYPE_MASK) != VFU_TYPE_COMMAND || header->size < sizeof(*header)) {
        return -EBADMSG;
    }
    return header->size - sizeof(*header) > MESSAGE_PAYLOAD_MAX ? -E2BIG : 0;
}

static int receive(const struct link *link, struct message *message) {
    int code = wait_readable(link, FOR_EVER);
    if (code != 0) {
        return code;
    }
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    const ssize_t got = receive_begin(link, message, &code);
    if (code != 0) {
        return code;
    }
    code = receive_rest(link, (char *)&message->header + got, sizeof(message->header) - (size_t)got,
                        deadline_ms);
    if (code == 0) {
        code = check_header(&message->header);
    }
    if (code != 0) {
        return code;
    }
    message->length = message->header.size - sizeof(message->header);
    return receive_rest(link, message->payload, message->length, deadline_ms);
}

int message_receive(const struct link *link, struct message *message) {
    message->fd_count = 0;
    message->length = 0;
    const int code = receive(link, message);
    if (code != 0) {
        message_release(message);
    }
    return code;
}

void message_release(struct message *message) {
    for (unsigned i = 0; i < message->fd_count; i++) {
        if (message->fds[i] != NO_FD) {
            close(message->fds[i]);
        }
    }
    message->fd_count = 0;
}

int message_take_fd(struct message *message, unsigned index) {
    if (index >= message->fd_count) {
        return NO_FD;
    }
    const int fd = message->fds[index];
    message->fds[index] = NO_FD;
    return fd;
}

bool message_get(const struct message *message, void *to, size_t size) {
    if (message->length < size) {
        return false;
    }
    memcpy(to, message->payload, size);
    return true;
}

void reply_put(struct reply *reply, const void *from, size_t size) {
    assert(size <= sizeof(reply->payload) - reply->length);
    memcpy(reply->payload + reply->length, from, size);
    reply->length += size;
}

static void put_fd(struct msghdr *sent, int fd, char *control, size_t control_size) {
    sent->msg_control = control;
    sent->msg_controllen = control_size;
    struct cmsghdr *header = CMSG_FIRSTHDR(sent);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

int message_reply(const struct link *link, const struct message *message, const struct reply *reply,
                  int code) {
    if ((message->header.flags & VFU_NO_REPLY) != 0) {
        return 0;
    }
    const size_t length = code == 0 ? reply->length : 0;
    struct vfu_header header = {
        .id = message->header.id,
        .command = message->header.command,
        .size = (uint32_t)(sizeof(header) + length),
        .flags = VFU_TYPE_REPLY | (code == 0 ? 0 : VFU_ERROR),
        .error = (uint32_t)-code,
    };
    struct iovec parts[] = {{&header, sizeof(header)}, {(void *)reply->payload, length}};
    struct msghdr sent = {.msg_iov = parts, .msg_iovlen = 2};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
    if (code == 0 && reply->fd != NO_FD) {
        put_fd(&sent, reply->fd, control, sizeof(control));
    }
    /* A reply fits into the socket's buffer, unless the client takes none. */
    const ssize_t done = sendmsg(link->socket, &sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    return done == (ssize_t)header.size ? 0 : done < 0 ? -errno : -EMSGSIZE;
}
