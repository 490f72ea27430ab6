/* SPDX-License-Identifier: Apache-2.0 */

#include "protection_oracle.h"

#include <string.h>

enum {
    OK = 0,
    INVALID_PROTECTION = 0x181,
    GUARD_ERROR = 0x282,
    APPLICATION_ERROR = 0x283,
    REFERENCE_ERROR = 0x284,
    COMPARE_FAILURE = 0x285,
};

uint16_t oracle_crc(const uint8_t *data, uint32_t length, uint16_t crc) {
    for (uint32_t bit = 0; bit < 8 * length; bit++) {
        const unsigned in = data[bit / 8] >> (7 - bit % 8) & 1u;
        const unsigned out = crc >> 15 & 1u;
        crc = (uint16_t)(crc << 1);
        if (in != out) {
            crc ^= 0x8bb7;
        }
    }
    return crc;
}

static uint8_t *information(const struct oracle *oracle, struct oracle_block *block) {
    return oracle->first ? block->metadata : &block->metadata[oracle->metadata_size - 8];
}

static uint64_t big_endian(const uint8_t *bytes, int count) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++) {
        value = value * 256 + bytes[i];
    }
    return value;
}

/* In the last bytes it covers the metadata before it, in the first ones no metadata. */
static uint16_t guard(const struct oracle *oracle, const struct oracle_block *block) {
    uint16_t crc = oracle_crc(block->data, oracle->block_size, 0);
    return oracle->first ? crc : oracle_crc(block->metadata, oracle->metadata_size - 8, crc);
}

void oracle_protect(const struct oracle *oracle, struct oracle_block *block, uint16_t application,
                    uint32_t reference) {
    const uint16_t crc = guard(oracle, block);
    const uint8_t bytes[8] = {(uint8_t)(crc >> 8),         (uint8_t)crc,
                              (uint8_t)(application >> 8), (uint8_t)application,
                              (uint8_t)(reference >> 24),  (uint8_t)(reference >> 16),
                              (uint8_t)(reference >> 8),   (uint8_t)reference};
    memcpy(information(oracle, block), bytes, 8);
}

void oracle_deallocate(struct oracle *oracle, uint32_t lba, uint32_t count) {
    for (uint32_t i = lba; i < lba + count; i++) {
        memset(&oracle->blocks[i], 0, sizeof(oracle->blocks[i]));
        if (oracle->type != 0) {
            memset(information(oracle, &oracle->blocks[i]), 0xff, 8);
        }
    }
}

void oracle_format(struct oracle *oracle) {
    oracle_deallocate(oracle, 0, ORACLE_BLOCKS);
}

bool oracle_host_has_metadata(const struct oracle *oracle, const struct oracle_command *command) {
    return oracle->metadata_size > 0 &&
           !(oracle->type != 0 && command->action && oracle->metadata_size == 8);
}

static uint32_t reference_of(const struct oracle *oracle, const struct oracle_command *command,
                             uint32_t index) {
    return oracle->type == 3 ? command->reference : command->reference + index;
}

static uint16_t check_block(const struct oracle *oracle, const struct oracle_command *command,
                            uint32_t index, struct oracle_block *block) {
    const uint8_t *bytes = information(oracle, block);
    const uint64_t application = big_endian(bytes + 2, 2);
    const uint64_t reference = big_endian(bytes + 4, 4);
    if (oracle->type == 3 ? application == 0xffff && reference == 0xffffffff
                          : application == 0xffff) {
        return OK;
    }
    if (command->check_guard && big_endian(bytes, 2) != guard(oracle, block)) {
        return GUARD_ERROR;
    }
    if (command->check_application &&
        (application & command->mask) != (uint64_t)(command->application & command->mask)) {
        return APPLICATION_ERROR;
    }
    if (command->check_reference && oracle->type != 3 &&
        reference != reference_of(oracle, command, index)) {
        return REFERENCE_ERROR;
    }
    return OK;
}

/* The blocks are the host's, or the oracle's from slba on. */
static uint16_t check_all(const struct oracle *oracle, const struct oracle_command *command,
                          const struct oracle_block *blocks) {
    uint16_t status = OK;
    for (uint32_t i = 0; i < command->count && status == OK && oracle->type != 0; i++) {
        struct oracle_block block = blocks[i];
        status = check_block(oracle, command, i, &block);
    }
    return status;
}

static bool is_valid(const struct oracle *oracle, const struct oracle_command *command) {
    if (oracle->type == 0 || !command->check_reference) {
        return true;
    }
    return oracle->type == 2 || (oracle->type == 1 && command->reference == command->slba);
}

uint16_t oracle_write(struct oracle *oracle, const struct oracle_command *command) {
    if (!is_valid(oracle, command)) {
        return INVALID_PROTECTION;
    }
    const bool inserts = oracle->type != 0 && command->action;
    const uint16_t status = inserts ? OK : check_all(oracle, command, command->host);
    for (uint32_t i = 0; i < command->count && status == OK; i++) {
        struct oracle_block *block = &oracle->blocks[command->slba + i];
        memcpy(block->data, command->host[i].data, oracle->block_size);
        if (oracle_host_has_metadata(oracle, command)) {
            memcpy(block->metadata, command->host[i].metadata, oracle->metadata_size);
        }
        if (inserts) {
            oracle_protect(oracle, block, command->application, reference_of(oracle, command, i));
        }
    }
    return status;
}

uint16_t oracle_read(const struct oracle *oracle, const struct oracle_command *command) {
    if (!is_valid(oracle, command)) {
        return INVALID_PROTECTION;
    }
    const struct oracle_block *blocks = &oracle->blocks[command->slba];
    const uint16_t status = check_all(oracle, command, blocks);
    for (uint32_t i = 0; i < command->count && status == OK; i++) {
        memcpy(command->host[i].data, blocks[i].data, oracle->block_size);
        if (oracle_host_has_metadata(oracle, command)) {
            memcpy(command->host[i].metadata, blocks[i].metadata, oracle->metadata_size);
        }
    }
    return status;
}

static bool is_same(const struct oracle *oracle, struct oracle_block left,
                    struct oracle_block right) {
    if (oracle->type != 0) {
        memset(information(oracle, &left), 0, 8);
        memset(information(oracle, &right), 0, 8);
    }
    return memcmp(left.data, right.data, oracle->block_size) == 0 &&
           memcmp(left.metadata, right.metadata, oracle->metadata_size) == 0;
}

/* A controller goes by stretches of blocks, so that which of several errors comes first is its own. */
uint16_t oracle_compare(const struct oracle *oracle, const struct oracle_command *command) {
    if (!is_valid(oracle, command) || (oracle->type != 0 && command->action)) {
        return INVALID_PROTECTION;
    }
    const struct oracle_block *blocks = &oracle->blocks[command->slba];
    uint16_t status = check_all(oracle, command, command->host);
    if (status == OK) {
        status = check_all(oracle, command, blocks);
    }
    for (uint32_t i = 0; i < command->count && status == OK; i++) {
        status = is_same(oracle, command->host[i], blocks[i]) ? OK : COMPARE_FAILURE;
    }
    return status;
}

uint16_t oracle_write_zeroes(struct oracle *oracle, const struct oracle_command *command) {
    if (!is_valid(oracle, command)) {
        return INVALID_PROTECTION;
    }
    oracle_deallocate(oracle, command->slba, command->count);
    for (uint32_t i = 0; i < command->count && oracle->type != 0 && !command->deallocate; i++) {
        struct oracle_block *block = &oracle->blocks[command->slba + i];
        memset(information(oracle, block), 0, 8);
        if (command->action) {
            oracle_protect(oracle, block, command->application, reference_of(oracle, command, i));
        }
    }
    return OK;
}
