/* SPDX-License-Identifier: Apache-2.0 */

/* A small vfio-user client with its own idea of the protocol, and an NVMe host on top of it. */
#ifndef VFU_CLIENT_H
#define VFU_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nvme_spec.h"

#define CLIENT_MEMORY 0x100000u /* bytes of a client's memory */
#define CLIENT_IOVA 0x7000000000u
#define CLIENT_ENTRIES 16u
#define CLIENT_DATA 0x10000u /* where the memory for data begins */

struct client_queue {
    uint32_t sq; /* where it is in the client's memory */
    uint32_t cq;
    uint32_t tail;
    uint32_t head;
    uint32_t phase;
};

struct client {
    int socket;
    int memory_fd;
    uint8_t *memory;
    int doorbells_fd;
    uint8_t *doorbells;
    uint32_t stride;
    uint16_t cid;
    struct client_queue queues[3]; /* the admin queue, and I/O queues 1 and 2 */
};

struct answer {
    int error; /* errno of the reply; -1: the connection has ended */
    size_t length;
    uint8_t payload[20000];
    int fd; /* that came along, or -1 */
};

/* Connects, without a word. -1: refused. */
int client_connect(const char *directory);

/* Sends bytes with file descriptors. False: the connection has ended. */
bool client_send(int socket, const void *bytes, size_t length, const int *fds, unsigned fd_count);

/* Sends a command and waits for its reply. */
struct answer client_ask(int socket, uint16_t command, const void *payload, size_t length,
                         const int *fds, unsigned fd_count);

/* What has to succeed. */
struct answer client_demand(int socket, uint16_t command, const void *payload, size_t length,
                            const int *fds, unsigned fd_count);

int client_version(int socket); /* errno of the reply */
int client_map(int socket, uint64_t iova, uint64_t size, uint64_t offset, int fd);
int client_unmap(int socket, uint64_t iova, uint64_t size);
uint64_t client_read(int socket, uint32_t region, uint64_t offset, uint32_t size);
void client_write(int socket, uint32_t region, uint64_t offset, uint64_t value, uint32_t size);
int client_memfd(uint64_t size);

/* How many file descriptors this process has open, with a few that are always so. */
unsigned client_open_fds(void);

/* Connects, and maps doorbells and memory. */
struct client client_open(const char *directory);
void client_close(struct client *client);

/* Enables the controller with an admin queue, and creates I/O queue 1 with `interrupts`, or without. */
void client_enable(struct client *client, bool interrupts);
void client_disable(struct client *client);

/* Puts a command into a queue and rings the doorbell. */
void client_submit(struct client *client, unsigned qid, struct nvme_sqe sqe);
/* Waits for one completion: its status. */
uint16_t client_await(struct client *client, unsigned qid);
uint16_t client_run(struct client *client, unsigned qid, struct nvme_sqe sqe);

/* Read or write of blocks of 512 bytes, from or to the data's memory. */
uint16_t client_move(struct client *client, uint8_t opcode, uint64_t lba, uint32_t blocks);

#endif
