/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* memfd_create */

#include "vfu_client.h"

#include <dirent.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

#define PATIENCE_MS 20000

unsigned client_open_fds(void) {
    unsigned count = 0;
    DIR *fds = opendir("/proc/self/fd");
    while (readdir(fds) != NULL) {
        count++;
    }
    closedir(fds);
    return count;
}

int client_connect(const char *directory) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    CHECK(snprintf(address.sun_path, sizeof(address.sun_path), "%s/cntrl", directory) > 0);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool client_send(int socket, const void *bytes, size_t length, const int *fds, unsigned fd_count) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {0};
    struct iovec part = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(fd_count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fd_count * sizeof(int));
        memcpy(CMSG_DATA(header), fds, fd_count * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)length;
}

/* False: the connection has ended. */
static bool receive(int socket, void *to, size_t length, int *fd) {
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    for (size_t done = 0; done < length;) {
        struct iovec part = {(char *)to + done, length - done};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        message.msg_control = control;
        message.msg_controllen = sizeof(control);
        struct pollfd ready = {.fd = socket, .events = POLLIN};
        CHECK(poll(&ready, 1, PATIENCE_MS) == 1);
        const ssize_t got = recvmsg(socket, &message, 0);
        if (got <= 0) {
            return false;
        }
        const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        if (header != NULL) {
            memcpy(fd, CMSG_DATA(header), sizeof(*fd));
        }
        done += (size_t)got;
    }
    return true;
}

struct answer client_ask(int socket, uint16_t command, const void *payload, size_t length,
                         const int *fds, unsigned fd_count) {
    uint8_t bytes[20000];
    struct answer answer = {.error = -1, .fd = -1};
    const uint16_t id = (uint16_t)(command + 100);
    const uint32_t words[] = {id | (uint32_t)command << 16, (uint32_t)(16 + length), 0, 0};
    uint32_t header[4];
    memcpy(bytes, words, 16);
    if (length > 0) {
        memcpy(bytes + 16, payload, length);
    }
    if (!client_send(socket, bytes, 16 + length, fds, fd_count) ||
        !receive(socket, header, sizeof(header), &answer.fd)) {
        return answer;
    }
    CHECK_EQUAL(words[0], header[0]);
    CHECK_EQUAL(1, header[2] & 0xf); /* a reply */
    CHECK_EQUAL(header[3] != 0, (header[2] >> 5 & 1) != 0);
    answer.length = header[1] - 16;
    CHECK(receive(socket, answer.payload, answer.length, &answer.fd));
    answer.error = (int)header[3];
    return answer;
}

struct answer client_demand(int socket, uint16_t command, const void *payload, size_t length,
                            const int *fds, unsigned fd_count) {
    const struct answer answer = client_ask(socket, command, payload, length, fds, fd_count);
    CHECK_EQUAL(0, answer.error);
    return answer;
}

int client_version(int socket) {
    static const char text[] = "\0\0\1\0{\"capabilities\":{\"max_msg_fds\":1}}";
    return client_ask(socket, 1, text, sizeof(text), NULL, 0).error;
}

int client_map(int socket, uint64_t iova, uint64_t size, uint64_t offset, int fd) {
    const uint64_t request[] = {32 | UINT64_C(3) << 32, offset, iova, size};
    return client_ask(socket, 2, request, sizeof(request), &fd, fd < 0 ? 0 : 1).error;
}

int client_unmap(int socket, uint64_t iova, uint64_t size) {
    const uint64_t request[] = {24, iova, size};
    return client_ask(socket, 3, request, sizeof(request), NULL, 0).error;
}

uint64_t client_read(int socket, uint32_t region, uint64_t offset, uint32_t size) {
    const uint64_t request[] = {offset, region | (uint64_t)size << 32};
    uint64_t value = 0;
    const struct answer answer = client_demand(socket, 9, request, sizeof(request), NULL, 0);
    CHECK_EQUAL(16 + size, answer.length);
    memcpy(&value, answer.payload + 16, size);
    return value;
}

void client_write(int socket, uint32_t region, uint64_t offset, uint64_t value, uint32_t size) {
    const uint64_t request[] = {offset, region | (uint64_t)size << 32, value};
    client_demand(socket, 10, request, 16 + size, NULL, 0);
}

int client_memfd(uint64_t size) {
    const int fd = memfd_create("client", MFD_CLOEXEC);
    CHECK(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
    return fd;
}

static void map_doorbells(struct client *client) {
    uint32_t request[16] = {64, 0, 0};
    const struct answer answer = client_demand(client->socket, 5, request, 64, NULL, 0);
    uint64_t words[8];
    CHECK_EQUAL(sizeof(words), answer.length);
    memcpy(words, answer.payload, sizeof(words));
    CHECK_EQUAL(0xf, words[0] >> 32); /* to read, write and map, with a capability */
    CHECK_EQUAL(32, words[1] >> 32);
    CHECK_EQUAL(0x10001, words[4]);    /* sparse areas, version 1; the last capability */
    CHECK_EQUAL(1, words[5] & 0xffff); /* one of them */
    CHECK_EQUAL(0x1000, words[6]);
    CHECK(answer.fd >= 0);
    client->doorbells_fd = answer.fd;
    client->doorbells = mmap(NULL, words[7], PROT_READ | PROT_WRITE, MAP_SHARED, answer.fd,
                             (off_t)(words[3] + words[6]));
    CHECK(client->doorbells != MAP_FAILED);
}

struct client client_open(const char *directory) {
    struct client client = {.socket = client_connect(directory)};
    CHECK(client.socket >= 0);
    CHECK_EQUAL(0, client_version(client.socket));
    map_doorbells(&client);
    client.memory_fd = client_memfd(CLIENT_MEMORY);
    client.memory =
        mmap(NULL, CLIENT_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, client.memory_fd, 0);
    CHECK(client.memory != MAP_FAILED);
    CHECK_EQUAL(0, client_map(client.socket, CLIENT_IOVA, CLIENT_MEMORY, 0, client.memory_fd));
    client.stride = 4u << NVME_CAP_DSTRD(client_read(client.socket, 0, 0, 8));
    return client;
}

void client_close(struct client *client) {
    munmap(client->memory, CLIENT_MEMORY);
    munmap(client->doorbells, 0x3000);
    close(client->memory_fd);
    close(client->doorbells_fd);
    close(client->socket);
}

static void wait_ready(struct client *client, uint32_t ready) {
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    while ((client_read(client->socket, 0, 0x1c, 4) & 1) != ready) {
        CHECK(n4j_now_ms() < deadline_ms);
        sched_yield();
    }
}

void client_disable(struct client *client) {
    client_write(client->socket, 0, 0x14, 0, 4);
    wait_ready(client, 0);
}

/* Queues are in pages of their own, below the data. */
static void place(struct client *client, unsigned qid) {
    client->queues[qid] =
        (struct client_queue){.sq = qid * 0x2000, .cq = qid * 0x2000 + 0x1000, .phase = 1};
    memset(client->memory + client->queues[qid].cq, 0, 0x1000);
}

static void create(struct client *client, unsigned qid, uint32_t interrupts) {
    place(client, qid);
    struct nvme_sqe sqe = {.opc = NVME_CREATE_IO_CQ,
                           .prp1 = CLIENT_IOVA + client->queues[qid].cq,
                           .cdw10 = qid | (CLIENT_ENTRIES - 1) << 16,
                           .cdw11 = 1 | interrupts << 1 | qid << 16};
    CHECK_EQUAL(0, client_run(client, 0, sqe));
    sqe.opc = NVME_CREATE_IO_SQ;
    sqe.prp1 = CLIENT_IOVA + client->queues[qid].sq;
    sqe.cdw11 = 1 | qid << 16;
    CHECK_EQUAL(0, client_run(client, 0, sqe));
}

void client_enable(struct client *client, bool interrupts) {
    client_disable(client);
    place(client, 0);
    client_write(client->socket, 0, 0x24, (CLIENT_ENTRIES - 1) * 0x10001, 4);
    client_write(client->socket, 0, 0x28, CLIENT_IOVA + client->queues[0].sq, 8);
    client_write(client->socket, 0, 0x30, CLIENT_IOVA + client->queues[0].cq, 8);
    client_write(client->socket, 0, 0x14, 0x460001, 4);
    wait_ready(client, 1);
    create(client, 1, interrupts ? 1 : 0);
    create(client, 2, 0);
}

static void ring(struct client *client, unsigned doorbell, uint32_t value) {
    atomic_store((_Atomic uint32_t *)(void *)(client->doorbells + doorbell * client->stride),
                 value);
}

void client_submit(struct client *client, unsigned qid, struct nvme_sqe sqe) {
    struct client_queue *queue = &client->queues[qid];
    sqe.cid = ++client->cid;
    memcpy(client->memory + queue->sq + queue->tail * 64, &sqe, sizeof(sqe));
    queue->tail = (queue->tail + 1) % CLIENT_ENTRIES;
    ring(client, 2 * qid, queue->tail);
}

uint16_t client_await(struct client *client, unsigned qid) {
    struct client_queue *queue = &client->queues[qid];
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    _Atomic uint32_t *last =
        (_Atomic uint32_t *)(void *)(client->memory + queue->cq + queue->head * 16 + 12);
    uint32_t word;
    while (((word = atomic_load(last)) >> 16 & 1) != queue->phase) {
        CHECK(n4j_now_ms() < deadline_ms);
        sched_yield();
    }
    queue->head = (queue->head + 1) % CLIENT_ENTRIES;
    queue->phase ^= queue->head == 0;
    ring(client, 2 * qid + 1, queue->head);
    return (uint16_t)(word >> 17);
}

uint16_t client_run(struct client *client, unsigned qid, struct nvme_sqe sqe) {
    client_submit(client, qid, sqe);
    return client_await(client, qid);
}

uint16_t client_move(struct client *client, uint8_t opcode, uint64_t lba, uint32_t blocks) {
    const uint64_t data = CLIENT_IOVA + CLIENT_DATA;
    CHECK(blocks <= 16); /* two pages */
    return client_run(client, 1,
                      (struct nvme_sqe){.opc = opcode,
                                        .nsid = 1,
                                        .prp1 = data,
                                        .prp2 = blocks > 8 ? data + NVME_PAGE_SIZE : 0,
                                        .cdw10 = (uint32_t)lba,
                                        .cdw11 = (uint32_t)(lba >> 32),
                                        .cdw12 = blocks - 1});
}
