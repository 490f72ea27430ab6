/* SPDX-License-Identifier: Apache-2.0 */

#include "device/feature_data.h"

#include <string.h>

#include "clock.h"

static uint16_t take(struct command *command, void *data, size_t size) {
    uint16_t status = command_transfer(command, size, DATA_FROM_HOST);
    return status == NVME_SUCCESS ? transfer_take(&command->sq->transfer, data, size) : status;
}

static uint16_t send(struct command *command, const void *data, size_t size) {
    uint16_t status = command_transfer(command, size, DATA_TO_HOST);
    return status == NVME_SUCCESS ? transfer_send(&command->sq->transfer, data, size) : status;
}

uint16_t set_timestamp(struct command *command) {
    struct features *features = &command->device->features;
    struct nvme_timestamp data;
    uint16_t status = take(command, &data, sizeof(data));
    if (status != NVME_SUCCESS) {
        return status;
    }
    features->timestamp_ms = 0;
    for (size_t i = sizeof(data.milliseconds); i-- > 0;) {
        features->timestamp_ms = features->timestamp_ms << 8 | data.milliseconds[i];
    }
    features->timestamp_at_ms = n4j_now_ms();
    features->timestamp_is_set = true;
    return NVME_SUCCESS;
}

uint16_t get_timestamp(struct command *command, const struct features *from) {
    uint64_t ms = from->timestamp_ms + n4j_now_ms() - from->timestamp_at_ms;
    struct nvme_timestamp data = {.attributes = from->timestamp_is_set ? NVME_TIMESTAMP_SET : 0};
    for (size_t i = 0; i < sizeof(data.milliseconds); i++, ms >>= 8) {
        data.milliseconds[i] = (uint8_t)ms;
    }
    return send(command, &data, sizeof(data));
}

/* No command is ever said to be worth trying again later (Identify Controller CRDT1), so that nothing
 * depends on ACRE. The other behaviors belong to what this controller doesn't have. */
uint16_t set_host_behavior(struct command *command) {
    struct nvme_host_behavior data;
    uint16_t status = take(command, &data, sizeof(data));
    if (status != NVME_SUCCESS) {
        return status;
    }
    static const uint8_t none[sizeof(data.others)];
    if (data.acre > 1 || memcmp(data.others, none, sizeof(none)) != 0) {
        return NVME_INVALID_FIELD;
    }
    command->device->features.host_behavior = data;
    return NVME_SUCCESS;
}

uint16_t get_host_behavior(struct command *command, const struct features *from) {
    return send(command, &from->host_behavior, sizeof(from->host_behavior));
}

static size_t host_identifier_size(const struct command *command) {
    return (command->sqe.cdw11 & NVME_HOST_IDENTIFIER_EXTENDED) != 0 ? 16 : 8;
}

uint16_t set_host_identifier(struct command *command) {
    uint8_t data[16] = {0};
    uint16_t status = take(command, data, host_identifier_size(command));
    if (status == NVME_SUCCESS) {
        memcpy(command->device->features.host_identifier, data, sizeof(data));
    }
    return status;
}

uint16_t get_host_identifier(struct command *command, const struct features *from) {
    return send(command, from->host_identifier, host_identifier_size(command));
}
