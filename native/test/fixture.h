/* SPDX-License-Identifier: Apache-2.0 */

/* A controller with a queue pair, DMA buffers and commands, by the functions of nvme4j.h. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdbool.h>

#include "nvme4j.h"
#include "nvme_spec.h"

#define PAGE NVME_PAGE_SIZE

struct disk {
    n4j_ctrlr *ctrlr;
    n4j_qpair *qpair;
};

struct buffer {
    struct disk *disk;
    uint8_t *data;
    uint64_t length;
    uint64_t *iovas; /* of its pages */
};

/* Attaches with the keys that follow trtype, and creates a queue pair. Both have to succeed. */
struct disk disk_open(const char *keys, uint32_t depth);
void disk_close(struct disk *disk);

/* Attaches and has to fail with `code`; returns the text, valid until the next call. */
const char *attach_error(const char *keys, int code);

struct buffer buffer_alloc(struct disk *disk, uint64_t length);
void buffer_free(struct buffer *buffer);
uint64_t buffer_iova(const struct buffer *buffer, uint64_t offset);
void buffer_fill(struct buffer *buffer, uint32_t seed);
bool is_filled(const uint8_t *data, uint64_t length, uint8_t byte);

/* Read, Write, Compare, Write Zeroes of `blocks` at `slba` of namespace 1, without data pointer. */
n4j_submission io_command(uint8_t opcode, uint64_t slba, uint32_t blocks);

/* Makes the data pointer of a range; lists go to the beginning of `lists`. */
void put_prps(n4j_submission *submission, const struct buffer *data, uint64_t offset,
              uint64_t length, struct buffer *lists);

/* Executes one command and returns SCT and SC (enum nvme_status). */
uint16_t disk_run(struct disk *disk, const n4j_submission *submission);
uint16_t disk_admin(struct disk *disk, const n4j_submission *submission, uint32_t *cdw0);

/* Processes until `count` completions have come. */
void disk_reap(struct disk *disk, n4j_completion *completions, uint32_t count);

/* Reads or writes within one buffer, by PRPs, and has to succeed. */
void disk_move(struct disk *disk, uint8_t opcode, uint64_t slba, uint32_t blocks,
               uint32_t block_size, const struct buffer *data, uint64_t offset);

/* xorshift64 */
uint64_t next_random(uint64_t *state);

#endif
