/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A process that serves a drive in a file is killed while a host writes: what a Flush or FUA covered is
 * there, and each block is whole. NVME4J_KILLS says how often, if not KILLS times.
 */
#define _GNU_SOURCE

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"
#include "fixture.h"
#include "nvme4j.h"
#include "vfu_client.h"

#define SEED 20261201
#define KILLS 20
#define LANES 8 /* commands at a time, each within blocks of its own */
#define LANE_BLOCKS 64
#define BLOCKS (LANES * LANE_BLOCKS)
#define LONGEST_RUN 400 /* commands, before the server is killed */
#define PATIENCE_MS 30000

/* What the host knows of each block, in memory that outlives it: numbers of writes; 0 is none. */
struct account {
    atomic_uint commands; /* completed in this life of the server */
    uint32_t last;
    uint32_t submitted[BLOCKS];
    uint32_t completed[BLOCKS];
    uint32_t covered[BLOCKS];
};

struct lane {
    uint32_t lba;
    uint32_t blocks;
    bool is_fua;
};

static char directory[64];
static char path[96];
static char keys[192];
static uint32_t block_size;
static uint64_t seed = SEED;

/* Each word of a block says which write it is of, and which block it is. */
static void fill_block(uint8_t *block, uint32_t number, uint32_t lba) {
    const uint64_t word = (uint64_t)number << 32 | lba;
    for (uint32_t at = 0; at < block_size; at += sizeof(word)) {
        memcpy(block + at, &word, sizeof(word));
    }
}

static void submit(struct client *client, struct account *account, unsigned index,
                   const struct lane *lane) {
    const uint32_t data = CLIENT_DATA + index * NVME_PAGE_SIZE;
    for (uint32_t i = 0; i < lane->blocks; i++) {
        account->submitted[lane->lba + i] = account->last;
        fill_block(client->memory + data + i * block_size, account->last, lane->lba + i);
    }
    client_submit(client, 1,
                  (struct nvme_sqe){.opc = NVME_WRITE,
                                    .nsid = 1,
                                    .prp1 = CLIENT_IOVA + data,
                                    .cdw10 = lane->lba,
                                    .cdw12 = (lane->blocks - 1) | (lane->is_fua ? NVME_FUA : 0)});
}

static void note(struct account *account, const struct lane *lane) {
    for (uint32_t lba = lane->lba; lba < lane->lba + lane->blocks; lba++) {
        account->completed[lba] = account->last;
        account->covered[lba] = lane->is_fua ? account->last : account->covered[lba];
    }
}

static struct lane draw_lane(unsigned index, uint64_t *random) {
    const uint32_t blocks = (uint32_t)(1 + next_random(random) % (NVME_PAGE_SIZE / block_size));
    const uint32_t first = (uint32_t)(next_random(random) % (LANE_BLOCKS - blocks + 1));
    return (struct lane){index * LANE_BLOCKS + first, blocks, next_random(random) % 4 == 0};
}

/* Some writes at once, of which nothing is known until all have completed. */
static void write_some(struct client *client, struct account *account, uint64_t *random) {
    struct lane lanes[LANES];
    const unsigned count = (unsigned)(1 + next_random(random) % LANES);
    account->last++;
    for (unsigned i = 0; i < count; i++) {
        lanes[i] = draw_lane(i, random);
        submit(client, account, i, &lanes[i]);
    }
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQUAL(0, client_await(client, 1));
    }
    for (unsigned i = 0; i < count; i++) {
        note(account, &lanes[i]);
    }
    atomic_fetch_add(&account->commands, count);
}

static void flush(struct client *client, struct account *account) {
    CHECK_EQUAL(0, client_run(client, 1, (struct nvme_sqe){.opc = NVME_FLUSH, .nsid = 1}));
    memcpy(account->covered, account->completed, sizeof(account->covered));
}

/* Ends with its parent, should that fail. */
static pid_t fork_child(void) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK_EQUAL(0, prctl(PR_SET_PDEATHSIG, SIGKILL));
    }
    return child;
}

static pid_t start_host(struct account *account) {
    uint64_t random = next_random(&seed);
    const pid_t child = fork_child();
    if (child != 0) {
        return child;
    }
    struct client client = client_open(directory);
    client_enable(&client, false);
    for (;;) {
        write_some(&client, account, &random);
        if (next_random(&random) % 4 == 0) {
            flush(&client, account);
        }
    }
}

static pid_t start_server(void) {
    int ready[2];
    CHECK_EQUAL(0, pipe(ready));
    const pid_t child = fork_child();
    if (child == 0) {
        char text[256];
        n4j_server *server;
        CHECK_EQUAL(0, n4j_server_start(keys, directory, &server, text, sizeof(text)));
        CHECK_EQUAL(1, write(ready[1], "x", 1));
        for (;;) {
            pause();
        }
    }
    close(ready[1]);
    char byte;
    CHECK_EQUAL(1, read(ready[0], &byte, 1));
    close(ready[0]);
    return child;
}

static void kill_child(pid_t child) {
    int status;
    CHECK_EQUAL(0, waitpid(child, &status, WNOHANG)); /* it has not failed */
    CHECK_EQUAL(0, kill(child, SIGKILL));
    CHECK_EQUAL(child, waitpid(child, &status, 0));
}

static void serve_until_killed(struct account *account) {
    /* One at least: from then on the host needs nothing of the server but memory. */
    const unsigned commands = (unsigned)(1 + next_random(&seed) % LONGEST_RUN);
    const uint64_t deadline_ms = n4j_now_ms() + PATIENCE_MS;
    atomic_store(&account->commands, 0);
    const pid_t server = start_server();
    const pid_t host = start_host(account);
    while (atomic_load(&account->commands) < commands) {
        CHECK(n4j_now_ms() < deadline_ms);
        sched_yield();
    }
    kill_child(server);
    kill_child(host);
}

/* Returns the number of the write that a block is of. */
static uint32_t whole(const uint8_t *block, uint32_t lba) {
    static uint8_t expected[NVME_PAGE_SIZE];
    uint64_t word;
    memcpy(&word, block, sizeof(word));
    const uint32_t number = (uint32_t)(word >> 32);
    memset(expected, 0, block_size);
    if (number != 0) {
        fill_block(expected, number, lba);
    }
    CHECK_EQUAL(0, memcmp(expected, block, block_size));
    return number;
}

static void check_blocks(struct account *account) {
    struct disk disk = disk_open(keys + strlen("trtype:EMBEDDED "), 4);
    struct buffer data = buffer_alloc(&disk, NVME_PAGE_SIZE);
    for (uint32_t lba = 0; lba < BLOCKS; lba++) {
        disk_move(&disk, NVME_READ, lba, 1, block_size, &data, 0);
        const uint32_t number = whole(data.data, lba);
        CHECK(number >= account->covered[lba]);
        CHECK(number <= account->submitted[lba]);
        account->submitted[lba] = number; /* what has not come by now never comes */
        account->completed[lba] = number;
    }
    buffer_free(&data);
    disk_close(&disk);
}

static int kills(void) {
    const char *value = getenv("NVME4J_KILLS");
    return value == NULL ? KILLS : atoi(value);
}

static void serve_and_kill(uint32_t size, const char *more) {
    block_size = size;
    snprintf(keys, sizeof(keys), "trtype:EMBEDDED traddr:%s size:%u block:%u%s", path,
             BLOCKS * size, size, more);
    struct account *account =
        mmap(NULL, sizeof(*account), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(account != MAP_FAILED);
    for (int i = 0; i < kills(); i++) {
        serve_until_killed(account);
        check_blocks(account);
    }
    printf("%d kills of %s: %u rounds of writes\n", kills(), keys, account->last);
    munmap(account, sizeof(*account));
    CHECK_EQUAL(0, unlink(path));
}

static void what_is_covered_outlives_a_server_that_is_killed(void) {
    serve_and_kill(512, "");
    serve_and_kill(4096, "");
}

static void so_it_does_where_cuts_are_kept_account_of(void) {
    serve_and_kill(512, " vwc:1");
}

int main(void) {
    snprintf(directory, sizeof(directory), "/tmp/n4j-serve-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    snprintf(path, sizeof(path), "%s/disk", directory);
    RUN(what_is_covered_outlives_a_server_that_is_killed);
    RUN(so_it_does_where_cuts_are_kept_account_of);
    n4j_server *server;
    char text[256];
    /* The socket of the one that was killed goes with the next one's. */
    CHECK_EQUAL(
        0, n4j_server_start("trtype:EMBEDDED size:1M", directory, &server, text, sizeof(text)));
    n4j_server_stop(server);
    CHECK_EQUAL(0, rmdir(directory));
    return 0;
}
