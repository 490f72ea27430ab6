/* SPDX-License-Identifier: Apache-2.0 */

/* A controller that is served (nvme4j.h, n4j_server_start): its parts, and the thread of its clients. */
#define _GNU_SOURCE /* accept4, pthread_setname_np */

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config.h"
#include "serve/directory.h"
#include "serve/session.h"
#include "worker.h"

#define RETRY_MS 100

struct n4j_server {
    struct config config;
    char transport_id[sizeof("trtype:VFIOUSER traddr: subnqn:") + sizeof(struct sockaddr_un) +
                      CONFIG_SUBNQN_MAX];
    struct directory directory;
    struct iova_table *iova;
    atomic_bool stop;
    pthread_t thread;
    struct session session;
};

/* Waits for a client, or the end; NO_FD: look again. */
static int next_client(const struct link *link) {
    struct pollfd fds[] = {
        {.fd = link->wake, .events = POLLIN},
        {.fd = link->listener, .events = POLLIN},
    };
    if (poll(fds, 2, -1) < 0 || fds[0].revents != 0) {
        return NO_FD;
    }
    const int client = accept4(link->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) {
        poll(fds, 1, RETRY_MS); /* there may be file descriptors again by then */
    }
    return client;
}

static void *run(void *argument) {
    struct n4j_server *server = argument;
    struct link *link = &server->session.link;
    while (!atomic_load(&server->stop)) {
        link->socket = next_client(link);
        if (link->socket != NO_FD) {
            session_run(&server->session);
            close(link->socket);
        }
        uint64_t count;
        if (read(link->wake, &count, sizeof(count)) < 0) {
            continue; /* nobody has woken it */
        }
    }
    return NULL;
}

/* What is needed whether or not there is a client. */
static int open_session(struct n4j_server *server, struct n4j_error *error) {
    struct session *session = &server->session;
    session->link.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (session->link.wake < 0) {
        return n4j_fail(error, -errno, "can't make an eventfd: %s", strerror(errno));
    }
    irqs_open(&session->irqs, server->iova);
    dma_open(&session->dma, server->iova, session->link.wake);
    pci_reset(&session->regions.pci);
    const int code = bar_open(&session->regions.bar);
    if (code != 0) {
        close(session->link.wake);
        return n4j_fail(error, code, "out of memory");
    }
    return 0;
}

static void close_session(struct n4j_server *server) {
    bar_close(&server->session.regions.bar);
    close(server->session.link.wake);
}

/* It polls its doorbells, as a client rings them in memory. */
static int power_on(struct n4j_server *server, struct n4j_error *error) {
    const struct device_outside outside = {
        .bar = server->session.regions.bar.address,
        .polls = true,
        .interrupt = irqs_interrupt,
        .context = &server->session.irqs,
    };
    return device_create(&server->config, server->iova, &outside, &server->session.regions.device,
                         error);
}

static int start_thread(struct n4j_server *server, struct n4j_error *error) {
    const int code = n4j_worker_start(&server->thread, run, server);
    if (code != 0) {
        return n4j_fail(error, code, "can't start a thread: %s", strerror(-code));
    }
    pthread_setname_np(server->thread, "nvme4j-serve");
    return 0;
}

static int listen_in(struct n4j_server *server, const char *path, struct n4j_error *error) {
    const int listener = directory_listen(&server->directory, path, error);
    if (listener < 0) {
        return listener;
    }
    server->session.link.listener = listener;
    snprintf(server->transport_id, sizeof(server->transport_id),
             "trtype:VFIOUSER traddr:%s subnqn:%s", path,
             device_subnqn(server->session.regions.device));
    const int code = start_thread(server, error);
    if (code != 0) {
        close(listener);
        directory_close(&server->directory);
    }
    return code;
}

static int power_on_and_listen(struct n4j_server *server, const char *path,
                               struct n4j_error *error) {
    int code = power_on(server, error);
    if (code != 0) {
        return code;
    }
    code = listen_in(server, path, error);
    if (code != 0) {
        device_destroy(server->session.regions.device, true);
    }
    return code;
}

static int start(struct n4j_server *server, const char *transport_id, const char *path,
                 struct n4j_error *error) {
    int code = config_parse(transport_id, &server->config, error);
    if (code == 0) {
        code = open_session(server, error);
    }
    if (code != 0) {
        return code;
    }
    code = power_on_and_listen(server, path, error);
    if (code != 0) {
        close_session(server);
    }
    return code;
}

static void free_server(struct n4j_server *server) {
    iova_table_destroy(server->iova);
    free(server);
}

static struct n4j_server *new_server(void) {
    struct n4j_server *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        return NULL;
    }
    server->iova = iova_table_create();
    if (server->iova == NULL) {
        free(server);
        return NULL;
    }
    return server;
}

int n4j_embedded_server_start(const char *transport_id, const char *directory,
                              struct n4j_server **started, struct n4j_error *error) {
    struct n4j_server *server = new_server();
    if (server == NULL) {
        return n4j_fail(error, -ENOMEM, "out of memory");
    }
    const int code = start(server, transport_id, directory, error);
    if (code != 0) {
        free_server(server);
        return code;
    }
    *started = server;
    return 0;
}

const char *n4j_embedded_server_transport_id(const struct n4j_server *server) {
    return server->transport_id;
}

void n4j_embedded_server_stop(struct n4j_server *server) {
    const uint64_t one = 1;
    atomic_store(&server->stop, true);
    /* It can't be full: it is read before it is written to again. */
    if (write(server->session.link.wake, &one, sizeof(one)) != sizeof(one)) {
        abort();
    }
    pthread_join(server->thread, NULL);
    close(server->session.link.listener);
    directory_close(&server->directory);
    device_destroy(server->session.regions.device, false);
    close_session(server);
    free_server(server);
}
