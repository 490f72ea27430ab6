/* SPDX-License-Identifier: Apache-2.0 */

/* Clients that break the protocol, lie about their memory, or vanish: the next one is served. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"
#include "nvme4j.h"
#include "vfu_client.h"

#define SEED 20260107
#define ROUNDS 3000
#define KILLED 20

static char directory[64];

static n4j_server *start(void) {
    char text[256];
    n4j_server *server;
    CHECK_EQUAL(
        0, n4j_server_start("trtype:EMBEDDED size:1M", directory, &server, text, sizeof(text)));
    return server;
}

static unsigned client_mappings(void) {
    char line[512];
    unsigned count = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    while (fgets(line, sizeof(line), maps) != NULL) {
        count += strstr(line, "memfd:client") != NULL;
    }
    fclose(maps);
    return count;
}

/* A client that behaves is served, and then nothing is left of those before it. */
static void a_good_one(unsigned fds) {
    struct client client = client_open(directory);
    client_enable(&client, false);
    memset(client.memory + CLIENT_DATA, 0x5a, 512);
    CHECK_EQUAL(0, client_move(&client, NVME_WRITE, 3, 1));
    CHECK_EQUAL(0, client_move(&client, NVME_READ, 3, 1));
    /* Its own: the socket at both ends, the memory, doorbells at both ends. */
    CHECK_EQUAL(fds + 5, client_open_fds());
    CHECK_EQUAL(2, client_mappings());
    client_close(&client);
}

static int connected(void) {
    const int socket = client_connect(directory);
    CHECK(socket >= 0);
    return socket;
}

static void expect_left(int socket) {
    uint8_t byte;
    while (recv(socket, &byte, 1, 0) > 0) {
    }
    close(socket);
}

static void headers_that_lie_end_the_connection(void) {
    static const uint32_t headers[][4] = {
        {4 << 16, 15, 0, 0},                              /* shorter than itself */
        {4 << 16, 0, 0, 0},                               /* empty */
        {4 << 16, 0x7fffffff, 0, 0},                      /* larger than any */
        {4 << 16, 0xffffffff, 0, 0}, {4 << 16, 16, 1, 0}, /* a reply */
        {4 << 16, 16, 7, 0},                              /* of no type */
        {4 << 16, 16, 0, 0},                              /* before any version */
    };
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        const int socket = connected();
        CHECK(client_send(socket, headers[i], 16, NULL, 0));
        expect_left(socket);
    }
    const uint32_t info[4] = {16};
    const int hasty = connected();
    CHECK_EQUAL(EPROTO, client_ask(hasty, 4, info, sizeof(info), NULL, 0).error);
    expect_left(hasty);
    const int socket = connected();
    const uint32_t version = 1 << 16 | 1;
    CHECK_EQUAL(EINVAL, client_ask(socket, 1, &version, 4, NULL, 0).error);
    expect_left(socket);
    a_good_one(fds);
    n4j_server_stop(server);
}

static void what_is_no_command_ends_the_connection(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    for (uint32_t type = 1; type < 16; type++) {
        /* Device Reset, which has nothing else */
        const uint32_t header[] = {13 << 16, 16, type, 0};
        const int socket = connected();
        CHECK_EQUAL(0, client_version(socket));
        CHECK(client_send(socket, header, sizeof(header), NULL, 0));
        uint8_t byte;
        CHECK_EQUAL(0, recv(socket, &byte, 1, 0));
        close(socket);
    }
    a_good_one(fds);
    n4j_server_stop(server);
}

static void a_message_may_come_in_pieces(void) {
    n4j_server *server = start();
    const uint32_t header[] = {13 << 16 | 7, 16, 0, 0};
    uint32_t reply[4];
    const int socket = connected();
    CHECK_EQUAL(0, client_version(socket));
    for (size_t at = 0; at < sizeof(header); at++) {
        CHECK(client_send(socket, (const uint8_t *)header + at, 1, NULL, 0));
    }
    CHECK_EQUAL(16, recv(socket, reply, sizeof(reply), MSG_WAITALL));
    CHECK_EQUAL(header[0], reply[0]);
    CHECK_EQUAL(1, reply[2]);
    close(socket);
    n4j_server_stop(server);
}

static void messages_that_stop_in_the_middle_are_given_up(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    const uint32_t header[] = {2 << 16, 16 + 32, 0, 0};
    for (size_t length = 1; length <= 16; length++) {
        const int socket = connected();
        CHECK(client_send(socket, header, length, NULL, 0));
        CHECK_EQUAL(0, shutdown(socket, SHUT_WR));
        expect_left(socket);
    }
    const int socket = connected(); /* which doesn't end it: it is waited for, but not for ever */
    CHECK(client_send(socket, header, 7, NULL, 0));
    expect_left(socket);
    a_good_one(fds);
    n4j_server_stop(server);
}

static void memory_that_can_not_be_is_refused(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    const int socket = connected();
    CHECK_EQUAL(0, client_version(socket));
    const int fd = client_memfd(0x200000);
    const int read_only = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int pipes[2];
    CHECK_EQUAL(0, pipe(pipes));
    CHECK_EQUAL(EINVAL, client_map(socket, 0, 0, 0, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, 1, 4096, 0, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, 0, 4097, 0, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, 0, 4096, 1, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, UINT64_C(1) << 48, 4096, 0, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, (UINT64_C(1) << 48) - 4096, 8192, 0, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, 4096, UINT64_MAX - 4095, 0, fd));
    CHECK_EQUAL(EFAULT, client_map(socket, 0, 0x201000, 0, fd));
    CHECK_EQUAL(EFAULT, client_map(socket, 0, 4096, 0x200000, fd));
    CHECK_EQUAL(EFAULT, client_map(socket, 0, 4096, UINT64_MAX - 4095, fd));
    CHECK_EQUAL(EINVAL, client_map(socket, 0, 4096, 0, pipes[0]));
    CHECK_EQUAL(EINVAL, client_map(socket, 0, 4096, 0, read_only));
    CHECK_EQUAL(0, client_map(socket, 0, 0x200000, 0, -1)); /* known, and out of reach */
    CHECK_EQUAL(EEXIST, client_map(socket, 0x1ff000, 0x2000, 0, fd));
    CHECK_EQUAL(0, client_unmap(socket, 0, 0x200000));
    const uint64_t request[] = {32 | UINT64_C(3) << 32, 0, 0, 4096};
    const int several[40] = {fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd,
                             fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd,
                             fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd, fd};
    CHECK_EQUAL(EINVAL, client_ask(socket, 2, request, 32, several, 2).error);
    /* A huge file costs nothing by itself, but tables for its memory would. */
    CHECK_EQUAL(0, ftruncate(fd, (off_t)1 << 46));
    CHECK_EQUAL(ENOSPC, client_map(socket, 0, UINT64_C(1) << 46, 0, fd));
    CHECK_EQUAL(-1,
                client_ask(socket, 2, request, 32, several, 40).error); /* more than any takes */
    close(fd);
    close(read_only);
    close(pipes[0]);
    close(pipes[1]);
    expect_left(socket);
    a_good_one(fds);
    n4j_server_stop(server);
}

static void too_many_regions_are_refused_and_none_leaks_tables(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    const int socket = connected();
    const int fd = client_memfd(0x1000);
    CHECK_EQUAL(0, client_version(socket));
    uint64_t count = 0;
    while (client_map(socket, count << 24, 0x1000, 0, fd) == 0) {
        count++;
    }
    CHECK_EQUAL(1024, count);
    for (uint64_t i = 0; i < count; i++) {
        CHECK_EQUAL(0, client_unmap(socket, i << 24, 0x1000));
    }
    for (uint64_t i = 0; i < 5000; i++) {
        CHECK_EQUAL(0, client_map(socket, i << 24, 0x1000, 0, fd));
        CHECK_EQUAL(0, client_unmap(socket, i << 24, 0x1000));
    }
    close(fd);
    close(socket);
    a_good_one(fds);
    n4j_server_stop(server);
}

/* The controller touches what is gone: zeroes are there instead, and the client is left. */
static void a_client_that_truncates_its_memory_is_left(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    for (int i = 0; i < 20; i++) {
        struct client client = client_open(directory);
        client_enable(&client, false);
        const int fd = client_memfd(0x200000);
        const uint64_t iova = UINT64_C(1) << 40;
        CHECK_EQUAL(0, client_map(client.socket, iova, 0x200000, 0, fd));
        const struct nvme_sqe write = {
            .opc = NVME_WRITE, .nsid = 1, .prp1 = iova + 0x3000, .cdw12 = 7};
        CHECK_EQUAL(0, client_run(&client, 1, write));
        CHECK_EQUAL(0, ftruncate(i % 2 == 0 ? fd : client.memory_fd, 0));
        if (i % 2 == 0) {
            CHECK_EQUAL(0, client_run(&client, 1, write));
        } else {
            /* The queues are gone: to see that, the controller has to look at them. */
            atomic_store((_Atomic uint32_t *)(void *)(client.doorbells + 2 * client.stride), 9);
        }
        uint8_t byte;
        CHECK(recv(client.socket, &byte, 1, 0) <= 0);
        close(fd);
        client_close(&client);
    }
    a_good_one(fds);
    n4j_server_stop(server);
}

/* Any command with any length, payload and file descriptors, to a client that has come to terms. */
static void send_random(int socket, int memory, uint64_t *random) {
    uint8_t bytes[4096];
    const bool is_small = next_random(random) % 4 != 0;
    const uint32_t length = (uint32_t)(next_random(random) % (is_small ? 80 : sizeof(bytes) - 16));
    const uint32_t lie = next_random(random) % 200 == 0 ? (uint32_t)next_random(random) % 64 : 0;
    const uint32_t command = (uint32_t)next_random(random) % 18;
    const uint32_t header[] = {command << 16, 16 + length + lie,
                               next_random(random) % 8 == 0 ? 0x10 : 0, 0};
    memcpy(bytes, header, 16);
    for (size_t i = 16; i < sizeof(bytes); i++) {
        bytes[i] = next_random(random) % 3 == 0 ? (uint8_t)next_random(random) : 0;
    }
    /* Most accesses would be out of all bounds otherwise. */
    if (next_random(random) % 2 == 0) {
        const uint64_t access[] = {next_random(random) % 0x5000,
                                   next_random(random) % 9 | next_random(random) % 64 << 32};
        memcpy(bytes + 16, access, sizeof(access));
    }
    const int fds[] = {memory, memory, memory};
    client_send(socket, bytes, 16 + length, fds, (unsigned)(next_random(random) % 4));
}

static void drain(int socket) {
    uint8_t bytes[4096];
    while (recv(socket, bytes, sizeof(bytes), MSG_DONTWAIT) > 0) {
    }
}

static void random_messages_do_no_harm(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    const int memory = client_memfd(0x10000);
    uint64_t random = SEED;
    for (int round = 0; round < ROUNDS; round++) {
        const int socket = connected();
        if (next_random(&random) % 8 != 0) {
            client_version(socket);
        }
        for (uint64_t i = next_random(&random) % 40; i > 0; i--) {
            send_random(socket, memory, &random);
            drain(socket);
        }
        if (next_random(&random) % 2 == 0) {
            shutdown(socket, SHUT_WR);
            expect_left(socket);
        } else {
            close(socket);
        }
        if (round % 500 == 0) {
            a_good_one(fds + 1);
        }
    }
    close(memory);
    a_good_one(fds);
    n4j_server_stop(server);
}

/* A client that is killed while its commands are being executed. */
static void work_until_killed(atomic_int *done) {
    struct client client = client_open(directory);
    client_enable(&client, false);
    for (;;) {
        client_move(&client, NVME_WRITE, 100, 16);
        atomic_fetch_add(done, 1);
    }
}

static void killed_clients_are_followed_by_others(void) {
    n4j_server *server = start();
    const unsigned fds = client_open_fds();
    atomic_int *done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < KILLED; i++) {
        atomic_store(done, 0);
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            work_until_killed(done);
        }
        while (atomic_load(done) < 10 * i) {
            sched_yield();
        }
        CHECK_EQUAL(0, kill(child, SIGKILL));
        CHECK_EQUAL(child, waitpid(child, NULL, 0));
        a_good_one(fds);
    }
    munmap(done, 4096);
    n4j_server_stop(server);
}

int main(void) {
    snprintf(directory, sizeof(directory), "/tmp/n4j-serve-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    const unsigned fds = client_open_fds();
    RUN(headers_that_lie_end_the_connection);
    RUN(what_is_no_command_ends_the_connection);
    RUN(a_message_may_come_in_pieces);
    RUN(messages_that_stop_in_the_middle_are_given_up);
    RUN(memory_that_can_not_be_is_refused);
    RUN(too_many_regions_are_refused_and_none_leaks_tables);
    RUN(a_client_that_truncates_its_memory_is_left);
    RUN(killed_clients_are_followed_by_others);
    RUN(random_messages_do_no_harm);
    CHECK_EQUAL(fds, client_open_fds());
    CHECK_EQUAL(0, client_mappings());
    CHECK_EQUAL(0, rmdir(directory));
    return 0;
}
