/* SPDX-License-Identifier: Apache-2.0 */

/* A controller that is served by vfio-user, as a host finds it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"
#include "nvme4j.h"
#include "vfu_client.h"

#define KEYS "trtype:EMBEDDED size:1M"
#define CONFIG_REGION 7

static char directory[64];
static char text[512];

static n4j_server *start(const char *id, const char *where) {
    n4j_server *server;
    const int code = n4j_server_start(id, where, &server, text, sizeof(text));
    if (code != 0) {
        fprintf(stderr, "%s\n", text);
    }
    CHECK_EQUAL(0, code);
    return server;
}

static int start_error(const char *id, const char *where) {
    n4j_server *server;
    text[0] = '\0';
    return n4j_server_start(id, where, &server, text, sizeof(text));
}

/* Writes blocks of random bytes, then reads them back. */
static void write_and_read(struct client *client, uint64_t lba, uint64_t *random) {
    uint8_t expected[16 * 512];
    for (size_t i = 0; i < sizeof(expected); i++) {
        expected[i] = (uint8_t)next_random(random);
    }
    memcpy(client->memory + CLIENT_DATA, expected, sizeof(expected));
    CHECK_EQUAL(0, client_move(client, NVME_WRITE, lba, 16));
    memset(client->memory + CLIENT_DATA, 0, sizeof(expected));
    CHECK_EQUAL(0, client_move(client, NVME_READ, lba, 16));
    CHECK_EQUAL(0, memcmp(client->memory + CLIENT_DATA, expected, sizeof(expected)));
}

static void a_host_enables_identifies_writes_and_reads(void) {
    n4j_server *server = start(KEYS " serial:ABC subnqn:nqn.2026-01.org.example:x", directory);
    CHECK_CONTAINS("trtype:VFIOUSER traddr:", n4j_server_transport_id(server));
    CHECK_CONTAINS(directory, n4j_server_transport_id(server));
    CHECK_CONTAINS(" subnqn:nqn.2026-01.org.example:x", n4j_server_transport_id(server));
    struct client client = client_open(directory);
    client_enable(&client, false);
    CHECK_EQUAL(0, client_run(&client, 0,
                              (struct nvme_sqe){.opc = NVME_IDENTIFY,
                                                .prp1 = CLIENT_IOVA + CLIENT_DATA,
                                                .cdw10 = NVME_CNS_CONTROLLER}));
    CHECK_EQUAL(0, memcmp(client.memory + CLIENT_DATA + 4, "ABC  ", 5));
    uint64_t random = 1;
    for (uint64_t i = 0; i < 500; i++) {
        write_and_read(&client, next_random(&random) % 2032, &random);
    }
    client_close(&client);
    n4j_server_stop(server);
}

static void data_stay_from_one_host_to_the_next(void) {
    n4j_server *server = start(KEYS, directory);
    for (uint8_t round = 1; round < 20; round++) {
        struct client client = client_open(directory);
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x14, 4)); /* CC */
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x1c, 4)); /* CSTS */
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x28, 8)); /* ASQ */
        client_enable(&client, false);
        CHECK_EQUAL(0, client_move(&client, NVME_READ, 7, 1));
        CHECK_EQUAL(round - 1, client.memory[CLIENT_DATA]);
        memset(client.memory + CLIENT_DATA, round, 512);
        CHECK_EQUAL(0, client_move(&client, NVME_WRITE, 7, 1));
        client_close(&client);
    }
    n4j_server_stop(server);
}

static void registers_that_the_controller_owns_are_read_only(void) {
    static const uint32_t offsets[] = {0, 4, 8, 0x1c, 0x20, 0x68};
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    client_enable(&client, false);
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        const uint64_t value = client_read(client.socket, 0, offsets[i], 4);
        client_write(client.socket, 0, offsets[i], ~value, 4);
        CHECK_EQUAL(value, client_read(client.socket, 0, offsets[i], 4));
    }
    /* Nor does the file that the doorbells are in show them. */
    uint32_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, client.doorbells_fd, 0);
    CHECK(page != MAP_FAILED);
    page[0x1c / 4] = 0xffffffff;
    CHECK_EQUAL(1, client_read(client.socket, 0, 0x1c, 4));
    CHECK_EQUAL(0, munmap(page, 4096));
    CHECK(ftruncate(client.doorbells_fd, 0) != 0);
    client_close(&client);
    n4j_server_stop(server);
}

static void each_write_of_cc_counts(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    client_enable(&client, false);
    for (int i = 0; i < 200; i++) {
        client_submit(&client, 1, (struct nvme_sqe){.opc = 0x7f, .nsid = 1});
        client_write(client.socket, 0, 0x14, 0, 4);
        client_write(client.socket, 0, 0x14, 0x460001, 4);
        /* Whether ready or not yet, there is an admin queue, and no other any more. */
        client_enable(&client, false);
        CHECK_EQUAL(0, client_move(&client, NVME_READ, 0, 1));
    }
    client_close(&client);
    n4j_server_stop(server);
}

static void the_function_has_a_pci_configuration_space(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    const int socket = client.socket;
    CHECK_EQUAL(0x010802, client_read(socket, CONFIG_REGION, 9, 3));
    CHECK_EQUAL(0x344e, client_read(socket, CONFIG_REGION, 0, 2));
    client_write(socket, CONFIG_REGION, 0, 0x1234, 2);
    CHECK_EQUAL(0x344e, client_read(socket, CONFIG_REGION, 0, 2));
    /* The way in which a BAR's size is found out. */
    client_write(socket, CONFIG_REGION, 0x10, 0xffffffff, 4);
    CHECK_EQUAL(0xffffc004, client_read(socket, CONFIG_REGION, 0x10, 4));
    client_write(socket, CONFIG_REGION, 4, 0x406, 2);
    CHECK_EQUAL(0x406, client_read(socket, CONFIG_REGION, 4, 2));
    uint64_t seen = 0;
    for (uint64_t at = client_read(socket, CONFIG_REGION, 0x34, 1); at != 0;
         at = client_read(socket, CONFIG_REGION, at + 1, 1)) {
        const uint64_t id = client_read(socket, CONFIG_REGION, at, 1);
        CHECK((seen >> id & 1) == 0);
        seen |= UINT64_C(1) << id;
        if (id == 0x11) {
            CHECK_EQUAL(64, client_read(socket, CONFIG_REGION, at + 2, 2)); /* vectors, 0's based */
            CHECK_EQUAL(4, client_read(socket, CONFIG_REGION, at + 4, 4));
            CHECK_EQUAL(5, client_read(socket, CONFIG_REGION, at + 8, 4));
        }
    }
    CHECK_EQUAL(1u << 0x01 | 1u << 0x10 | 1u << 0x11, seen);
    client_close(&client);
    n4j_server_stop(server);
}

static int set_eventfds(const struct client *client, uint32_t start, uint32_t count, const int *fds,
                        unsigned fd_count) {
    const uint32_t request[] = {20, 0x24, 2, start, count};
    return client_ask(client->socket, 8, request, sizeof(request), fds, fd_count).error;
}

static bool is_signalled(int fd, int timeout_ms) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, timeout_ms) == 1;
}

static void completions_interrupt_by_eventfd(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    uint32_t info[] = {16, 0, 2, 0};
    struct answer answer = client_demand(client.socket, 7, info, sizeof(info), NULL, 0);
    memcpy(info, answer.payload, sizeof(info));
    CHECK_EQUAL(65, info[3]);
    int fds[2] = {eventfd(0, EFD_CLOEXEC), eventfd(0, EFD_CLOEXEC)};
    const unsigned open_fds = client_open_fds();
    CHECK_EQUAL(0, set_eventfds(&client, 1, 2, fds, 2));
    CHECK_EQUAL(0, set_eventfds(&client, 1, 2, fds, 2));
    client_enable(&client, true);
    uint64_t count;
    for (int i = 0; i < 100; i++) {
        client_submit(
            &client, 1,
            (struct nvme_sqe){.opc = NVME_READ, .nsid = 1, .prp1 = CLIENT_IOVA + CLIENT_DATA});
        CHECK(is_signalled(fds[0], 20000));
        CHECK_EQUAL(8, read(fds[0], &count, sizeof(count)));
        CHECK_EQUAL(0, client_await(&client, 1));
    }
    CHECK(!is_signalled(fds[1], 0)); /* queue 2 was created without */
    CHECK_EQUAL(EINVAL, set_eventfds(&client, 64, 2, fds, 2));
    CHECK_EQUAL(EINVAL, set_eventfds(&client, 0, 3, fds, 2));
    CHECK_EQUAL(EINVAL, set_eventfds(&client, 0, 1, &client.memory_fd, 1));
    const uint32_t trigger[] = {20, 0x21, 2, 2, 1};
    client_demand(client.socket, 8, trigger, sizeof(trigger), NULL, 0);
    CHECK(is_signalled(fds[1], 20000));
    CHECK_EQUAL(8, read(fds[1], &count, sizeof(count)));
    const uint32_t choose[] = {20, 0x22, 2, 1, 2, 0x100}; /* the second of the two */
    client_demand(client.socket, 8, choose, 22, NULL, 0);
    CHECK(is_signalled(fds[1], 20000));
    CHECK(!is_signalled(fds[0], 0));
    CHECK_EQUAL(0, set_eventfds(&client, 1, 2, NULL, 0));
    CHECK_EQUAL(open_fds, client_open_fds());
    CHECK_EQUAL(0, client_move(&client, NVME_READ, 0, 1));
    CHECK(!is_signalled(fds[0], 0));
    /* Those of a host that has gone are not the next one's. */
    CHECK_EQUAL(0, set_eventfds(&client, 1, 2, fds, 2));
    client_close(&client);
    client = client_open(directory);
    client_enable(&client, true);
    CHECK_EQUAL(0, client_move(&client, NVME_READ, 0, 1));
    CHECK(!is_signalled(fds[0], 0));
    client_close(&client);
    close(fds[0]);
    close(fds[1]);
    n4j_server_stop(server);
}

static void memory_that_is_unmapped_is_out_of_reach(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    client_enable(&client, false);
    const uint64_t iova = UINT64_C(1) << 40;
    const int fd = client_memfd(0x4000);
    struct nvme_sqe sqe = {.opc = NVME_READ, .nsid = 1, .prp1 = iova};
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, NVME_STATUS_CODE(client_run(&client, 1, sqe)));
    CHECK_EQUAL(0, client_map(client.socket, iova, 0x2000, 0x2000, fd));
    memset(client.memory + CLIENT_DATA, 0x5a, 512);
    CHECK_EQUAL(0, client_move(&client, NVME_WRITE, 0, 1));
    CHECK_EQUAL(0, client_run(&client, 1, sqe));
    uint8_t bytes[2];
    CHECK_EQUAL(1, pread(fd, &bytes[0], 1, 0));
    CHECK_EQUAL(1, pread(fd, &bytes[1], 1, 0x2000));
    CHECK_EQUAL(0, bytes[0]);
    CHECK_EQUAL(0x5a, bytes[1]);
    CHECK_EQUAL(EEXIST, client_map(client.socket, iova + 0x1000, 0x1000, 0, fd));
    CHECK_EQUAL(ENOENT, client_unmap(client.socket, iova, 0x1000));
    CHECK_EQUAL(0, client_unmap(client.socket, iova, 0x2000));
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, NVME_STATUS_CODE(client_run(&client, 1, sqe)));
    /* Nor is what may only be read, such as a ROM, for commands. */
    const uint64_t rom[] = {UINT64_C(1) << 32 | 32, 0, iova, 0x2000};
    client_demand(client.socket, 2, rom, sizeof(rom), &fd, 1);
    CHECK_EQUAL(NVME_DATA_TRANSFER_ERROR, NVME_STATUS_CODE(client_run(&client, 1, sqe)));
    close(fd);
    client_close(&client);
    n4j_server_stop(server);
}

static void a_reset_leaves_a_controller_as_after_power_on(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    for (int i = 0; i < 20; i++) {
        client_enable(&client, false);
        CHECK_EQUAL(0, client_move(&client, NVME_READ, 0, 1));
        client_write(client.socket, CONFIG_REGION, 4, 0x406, 2);
        client_demand(client.socket, 13, NULL, 0, NULL, 0);
        CHECK_EQUAL(0, client_read(client.socket, CONFIG_REGION, 4, 2));
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x14, 4));
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x1c, 4));
        CHECK_EQUAL(0, client_read(client.socket, 0, 0x24, 4));
    }
    client_close(&client);
    n4j_server_stop(server);
}

static void a_message_that_wants_no_reply_gets_none(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    client_enable(&client, false);
    const uint32_t reset[] = {13 << 16, 16, 0x10, 0};
    CHECK(client_send(client.socket, reset, sizeof(reset), NULL, 0));
    /* The reply is this one's, and finds what the other has done. */
    CHECK_EQUAL(0, client_read(client.socket, 0, 0x14, 4));
    client_close(&client);
    n4j_server_stop(server);
}

static struct answer region_info(int socket, uint32_t index, uint32_t room) {
    const uint32_t request[8] = {room, 0, index};
    return client_demand(socket, 5, request, sizeof(request), NULL, 0);
}

static int access_error(int socket, uint16_t command, uint32_t region, uint64_t offset,
                        uint32_t count, size_t data) {
    uint32_t request[4 + 16] = {(uint32_t)offset, (uint32_t)(offset >> 32), region, count};
    return client_ask(socket, command, request, 16 + data, NULL, 0).error;
}

static void accesses_end_where_their_region_does(void) {
    static const uint32_t regions[] = {0, 4, 5, CONFIG_REGION};
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    const int socket = client.socket;
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++) {
        const uint32_t region = regions[i];
        uint64_t size;
        memcpy(&size, region_info(socket, region, 32).payload + 16, sizeof(size));
        CHECK_EQUAL(0, access_error(socket, 9, region, size - 4, 4, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 9, region, size - 3, 4, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 9, region, size - 4, 8, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 9, region, size, 4, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 9, region, UINT64_MAX - 3, 4, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 9, region, 0, 0, 0));
        CHECK_EQUAL(EINVAL, access_error(socket, 10, region, size, 4, 4));
        CHECK_EQUAL(EINVAL, access_error(socket, 10, region, 0, 8, 4)); /* less than it says */
    }
    /* Registers are read and written as words. */
    CHECK_EQUAL(EINVAL, access_error(socket, 9, 0, 2, 4, 0));
    CHECK_EQUAL(EINVAL, access_error(socket, 9, 0, 0, 2, 0));
    CHECK_EQUAL(EINVAL, access_error(socket, 10, 0, 0x16, 4, 4));
    client_close(&client);
    n4j_server_stop(server);
}

/* In its order: memory first, some of it without a file, then the device, regions, interrupts. */
static void a_host_that_asks_as_qemu_does_is_answered(void) {
    n4j_server *server = start(KEYS, directory);
    const int socket = client_connect(directory);
    CHECK_EQUAL(0, client_version(socket));
    const int fd = client_memfd(0x200000);
    CHECK_EQUAL(0, client_map(socket, 0, 0x100000, 0, fd));
    CHECK_EQUAL(0, client_map(socket, 0x100000, 0x40000, 0, -1)); /* video memory */
    CHECK_EQUAL(0, client_map(socket, UINT64_C(1) << 32, 0x100000, 0x100000, fd));
    uint32_t info[4] = {16};
    struct answer answer = client_demand(socket, 4, info, sizeof(info), NULL, 0);
    memcpy(info, answer.payload, sizeof(info));
    CHECK_EQUAL(3, info[1]); /* PCI, and can be reset */
    for (uint32_t index = 0; index < info[2]; index++) {
        uint32_t region[8];
        answer = region_info(socket, index, sizeof(region));
        memcpy(region, answer.payload, sizeof(region));
        /* Of capabilities that it has no room for it hears nothing but their size. */
        CHECK_EQUAL(0, region[1] & 8);
        CHECK_EQUAL(-1, answer.fd);
        CHECK_EQUAL(index == 0 ? 64 : 32, region[0]);
        answer = region_info(socket, index, region[0]);
        CHECK_EQUAL(index == 0, answer.fd >= 0);
        CHECK_EQUAL(region[0], answer.length);
        if (answer.fd >= 0) {
            close(answer.fd);
        }
    }
    for (uint32_t index = 0; index < info[3]; index++) {
        const uint32_t interrupts[4] = {16, 0, index};
        client_demand(socket, 7, interrupts, sizeof(interrupts), NULL, 0);
    }
    CHECK_EQUAL(0, client_read(socket, CONFIG_REGION, 0x3d, 1)); /* no pin */
    client_demand(socket, 13, NULL, 0, NULL, 0);
    CHECK_EQUAL(0, client_unmap(socket, 0x100000, 0x40000));
    CHECK_EQUAL(0, client_unmap(socket, 0, 0x100000));
    close(fd);
    close(socket);
    n4j_server_stop(server);
}

static void several_are_served_at_once(void) {
    enum { COUNT = 4 };
    n4j_server *servers[COUNT];
    struct client clients[COUNT];
    char names[COUNT][80];
    for (int i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof(names[i]), "%s/%d", directory, i);
        servers[i] = start(KEYS, names[i]);
        clients[i] = client_open(names[i]);
        client_enable(&clients[i], false);
    }
    uint64_t random = 2;
    for (int i = 0; i < 100; i++) {
        write_and_read(&clients[i % COUNT], (uint64_t)i, &random);
    }
    for (int i = 0; i < COUNT; i++) {
        client_close(&clients[i]);
        n4j_server_stop(servers[i]);
        CHECK_EQUAL(0, rmdir(names[i]));
    }
}

static void one_host_is_served_at_a_time(void) {
    n4j_server *server = start(KEYS, directory);
    struct client client = client_open(directory);
    const int second = client_connect(directory);
    CHECK(second >= 0);
    CHECK_EQUAL(-1, client_version(second)); /* turned away */
    close(second);
    client_enable(&client, false);
    CHECK_EQUAL(0, client_move(&client, NVME_READ, 0, 1));
    n4j_server_stop(server); /* which leaves the host */
    CHECK_EQUAL(-1, client_map(client.socket, 0, 4096, 0, -1));
    client_close(&client);
    CHECK_EQUAL(-1, client_connect(directory));
}

static void what_can_not_be_served_is_told(void) {
    char path[128];
    n4j_server *server = start(KEYS, directory);
    CHECK_EQUAL(-EBUSY, start_error(KEYS, directory));
    CHECK_CONTAINS("served in", text);
    n4j_server_stop(server);
    CHECK_EQUAL(-EINVAL, start_error("trtype:PCIE traddr:0000:01:00.0", directory));
    CHECK_CONTAINS("trtype:EMBEDDED", text);
    CHECK_EQUAL(-EINVAL, start_error(KEYS " block:7", directory));
    CHECK_CONTAINS("block", text);
    CHECK_EQUAL(-EINVAL, start_error(KEYS, "/tmp/a directory"));
    CHECK_CONTAINS("blanks", text);
    CHECK_EQUAL(-ENOENT, start_error(KEYS, "/no/such/place"));
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    CHECK_EQUAL(-ENAMETOOLONG, start_error(KEYS, path));
    snprintf(path, sizeof(path), "%s/cntrl", directory);
    CHECK_EQUAL(0, mkdir(path, 0700));
    CHECK_EQUAL(-EEXIST, start_error(KEYS, directory));
    CHECK_EQUAL(0, rmdir(path));
    n4j_server_stop(start(KEYS, directory));
}

int main(void) {
    snprintf(directory, sizeof(directory), "/tmp/n4j-serve-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    RUN(a_host_enables_identifies_writes_and_reads);
    RUN(data_stay_from_one_host_to_the_next);
    RUN(registers_that_the_controller_owns_are_read_only);
    RUN(each_write_of_cc_counts);
    RUN(the_function_has_a_pci_configuration_space);
    RUN(completions_interrupt_by_eventfd);
    RUN(memory_that_is_unmapped_is_out_of_reach);
    RUN(a_reset_leaves_a_controller_as_after_power_on);
    RUN(a_message_that_wants_no_reply_gets_none);
    RUN(accesses_end_where_their_region_does);
    RUN(a_host_that_asks_as_qemu_does_is_answered);
    RUN(several_are_served_at_once);
    RUN(one_host_is_served_at_a_time);
    RUN(what_can_not_be_served_is_told);
    CHECK_EQUAL(0, rmdir(directory));
    return 0;
}
