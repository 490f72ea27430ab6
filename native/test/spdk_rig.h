/* SPDX-License-Identifier: Apache-2.0 */

/*
 * For tests of the SPDK transport: an nvmf_tgt of their own, over vfio-user and TCP, and a queue pair
 * through nvme4j.h. They skip themselves (return code 77) where SPDK, root, hugepages or nvmf_tgt are
 * missing.
 */
#ifndef SPDK_RIG_H
#define SPDK_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "nvme4j.h"

#define NQN "nqn.2026-01.io.nvme4j:smoke"
#define SERIAL "N4JSMOKE"

enum { FLUSH = 0x00, WRITE = 0x01, READ = 0x02, COMPARE = 0x05, IDENTIFY = 0x06 };
enum { DATA_NSID = 1, NULL_NSID = 2, SLOW_NSID = 3, BLOCK = 512, BLOCKS = 131072 };

extern char text[512]; /* the last error line */
extern char directory[64];
extern pid_t target; /* 0: none is running */
extern int tcp_port;
extern bool has_slow_namespace; /* to be set before the target is started */

void __attribute__((format(printf, 1, 2), noreturn)) failed(const char *format, ...);

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failed("%s:%d: %s (\"%s\")", __func__, __LINE__, #condition, text);                    \
        }                                                                                          \
    } while (0)

#define CHECK_STATUS(completion, expected)                                                         \
    do {                                                                                           \
        int got = status_code(completion);                                                         \
        if (got != (expected)) {                                                                   \
            failed("%s:%d: status %03x, not %03x", __func__, __LINE__, got, expected);             \
        }                                                                                          \
    } while (0)

struct rig {
    n4j_ctrlr *ctrlr;
    n4j_qpair *qpair;
    uint8_t *memory;
    uint32_t depth;
};

/* Starts a target, or skips the test. */
void begin(void);
/* Removes all traces, and exits. */
void finish(int code);
void start_target(void);
void start_target_at(int port);
void stop_target(void);

double seconds(void);
int free_port(void);
const char *transport_id(const char *trtype);

/* These have to succeed, or fail as they should. */
n4j_ctrlr *attach(const char *id);
void must_not_attach(const char *id, int code, const char *says);
void *allocate(n4j_ctrlr *ctrlr, uint64_t length);
struct rig open_rig(const char *trtype, uint32_t depth, uint32_t bytes_each);
void close_rig(struct rig *rig);
void identify(n4j_ctrlr *ctrlr, uint8_t cns, uint32_t nsid, uint8_t *page);

n4j_submission io(uint8_t opc, uint32_t nsid, uint64_t slba, uint32_t blocks, void *data);
/* Executes one command. */
n4j_completion one(n4j_qpair *qpair, n4j_submission submission);
/* SCT and SC of a command that reached the device. */
int status_code(n4j_completion completion);

/* Data that differ from block to block and from generation to generation. */
void fill(uint8_t *data, uint32_t length, uint64_t lba, uint32_t generation);

#endif
