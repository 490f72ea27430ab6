/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A namespace with metadata as the specification describes it, in a few arrays: what commands do to it,
 * and which status they end with. Shares nothing with the controller.
 */
#ifndef PROTECTION_ORACLE_H
#define PROTECTION_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_BLOCKS 64u
#define ORACLE_BLOCK_MAX 4096u
#define ORACLE_METADATA_MAX 64u

struct oracle_block {
    uint8_t data[ORACLE_BLOCK_MAX];
    uint8_t metadata[ORACLE_METADATA_MAX];
};

struct oracle {
    uint32_t block_size;
    uint32_t metadata_size;
    int type; /* of protection, 0: none */
    bool first;
    struct oracle_block blocks[ORACLE_BLOCKS];
};

/* A command, and the host's buffers, block by block. */
struct oracle_command {
    uint32_t slba;
    uint32_t count;
    bool action; /* PRACT */
    bool check_guard;
    bool check_application;
    bool check_reference;
    uint32_t reference;
    uint16_t application;
    uint16_t mask;
    bool deallocate; /* Write Zeroes: DEAC */
    struct oracle_block *host;
};

/* Bit by bit. */
uint16_t oracle_crc(const uint8_t *data, uint32_t length, uint16_t crc);

void oracle_format(struct oracle *oracle);
/* Puts protection information into a block: with that Reference Tag, and the right Guard. */
void oracle_protect(const struct oracle *oracle, struct oracle_block *block, uint16_t application,
                    uint32_t reference);
/* Whether the host's buffers hold metadata. */
bool oracle_host_has_metadata(const struct oracle *oracle, const struct oracle_command *command);

/* These return SCT and SC. A read fills what the host gets; a command that fails changes nothing. */
uint16_t oracle_write(struct oracle *oracle, const struct oracle_command *command);
uint16_t oracle_read(const struct oracle *oracle, const struct oracle_command *command);
uint16_t oracle_compare(const struct oracle *oracle, const struct oracle_command *command);
uint16_t oracle_write_zeroes(struct oracle *oracle, const struct oracle_command *command);
void oracle_deallocate(struct oracle *oracle, uint32_t lba, uint32_t count);

#endif
