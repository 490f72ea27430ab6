/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The connection to a vfio-user target. SPDK keeps it to itself, and notices neither a target that
 * died (commands would then wait for ever) nor one that never answers, as does a target that serves
 * another client already. The socket is found among this process's descriptors.
 */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "spdk_transport.h"
#include "worker.h"

#define MAX_SOCKETS 256

/* Descriptors that are connected to a socket named cntrl, as vfio-user targets name theirs. */
struct sockets {
    int fds[MAX_SOCKETS];
    int count;
};

struct n4j_spdk_vfio_watch {
    int socket; /* that is watched; -1: the one that is opened meanwhile */
    unsigned seconds;
    struct sockets before;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
    bool cut;
};

static bool is_vfio_user(int fd) {
    struct sockaddr_un peer;
    socklen_t length = sizeof(peer);
    memset(&peer, 0, sizeof(peer));
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0 || peer.sun_family != AF_UNIX) {
        return false;
    }
    char path[sizeof(peer.sun_path) + 1];
    snprintf(path, sizeof(path), "%.*s", (int)sizeof(peer.sun_path), peer.sun_path);
    const char *slash = strrchr(path, '/');
    return strcmp(slash == NULL ? path : slash + 1, "cntrl") == 0;
}

static void list_sockets(struct sockets *sockets) {
    sockets->count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (directory == NULL) {
        return;
    }
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL && sockets->count < MAX_SOCKETS) {
        int fd = atoi(entry->d_name);
        if (fd > 0 && is_vfio_user(fd)) {
            sockets->fds[sockets->count++] = fd;
        }
    }
    closedir(directory);
}

static bool holds(const struct sockets *sockets, int fd) {
    for (int i = 0; i < sockets->count; i++) {
        if (sockets->fds[i] == fd) {
            return true;
        }
    }
    return false;
}

/* The one that was opened since, as attaching is done by one thread at a time. */
static int new_socket(const struct sockets *before) {
    struct sockets now;
    list_sockets(&now);
    for (int i = 0; i < now.count; i++) {
        if (!holds(before, now.fds[i])) {
            return now.fds[i];
        }
    }
    return -1;
}

static int watched_socket(const struct n4j_spdk_vfio_watch *watch) {
    return watch->socket >= 0 ? watch->socket : new_socket(&watch->before);
}

static void *run_watch(void *argument) {
    struct n4j_spdk_vfio_watch *watch = argument;
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += watch->seconds;

    pthread_mutex_lock(&watch->lock);
    int code = 0;
    while (!watch->done && code == 0) {
        code = pthread_cond_timedwait(&watch->changed, &watch->lock, &deadline);
    }
    if (!watch->done) {
        watch->cut = true;
        n4j_spdk_vfio_cut(watched_socket(watch));
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

struct n4j_spdk_vfio_watch *n4j_spdk_vfio_watch_begin(int socket, unsigned seconds) {
    struct n4j_spdk_vfio_watch *watch = calloc(1, sizeof(*watch));
    if (watch == NULL) {
        return NULL;
    }
    watch->socket = socket;
    watch->seconds = seconds;
    list_sockets(&watch->before);
    pthread_mutex_init(&watch->lock, NULL);
    pthread_cond_init(&watch->changed, NULL);
    watch->has_thread = n4j_worker_start(&watch->thread, run_watch, watch) == 0;
    return watch;
}

int n4j_spdk_vfio_watch_end(struct n4j_spdk_vfio_watch *watch, bool *cut) {
    if (watch == NULL) {
        return -1;
    }
    if (watch->has_thread) {
        pthread_mutex_lock(&watch->lock);
        watch->done = true;
        pthread_cond_signal(&watch->changed);
        pthread_mutex_unlock(&watch->lock);
        pthread_join(watch->thread, NULL);
    }
    *cut = watch->cut;
    int socket = watched_socket(watch);
    pthread_mutex_destroy(&watch->lock);
    pthread_cond_destroy(&watch->changed);
    free(watch);
    return socket;
}

bool n4j_spdk_vfio_hung_up(int socket) {
    struct pollfd connection = {.fd = socket, .events = POLLRDHUP};
    return socket >= 0 && poll(&connection, 1, 0) > 0 &&
           (connection.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* SPDK, which may be waiting for an answer, then reads an end of file; the target lets go. */
void n4j_spdk_vfio_cut(int socket) {
    if (socket >= 0) {
        shutdown(socket, SHUT_RDWR);
    }
}
