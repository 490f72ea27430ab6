/* SPDX-License-Identifier: Apache-2.0 */

/* Get Features and Set Features (Base, "Feature Values"). Nothing is saved over a reset. */
#include <string.h>

#include "device/command.h"
#include "device/namespace.h"

#define TEMPERATURE_SELECT(cdw11) ((cdw11) >> 16 & 15)
#define TEMPERATURE_SELECT_ALL 15u
#define THRESHOLD_TYPE(cdw11) ((cdw11) >> 20 & 3)
#define THRESHOLD_OVER 0u
#define THRESHOLD_UNDER 1u
#define POWER_STATE(cdw11) ((cdw11)&31)
#define COALESCING_DISABLE (1u << 16)

void features_reset(struct device *device) {
    memset(&device->features, 0, sizeof(device->features));
    device->features.values[NVME_FID_NUMBER_OF_QUEUES] =
        (DEVICE_IO_QUEUES - 1) | (uint32_t)(DEVICE_IO_QUEUES - 1) << 16;
    device->features.temperature_over = 0xffff;
    atomic_store(&device->write_cache, true);
}

unsigned features_io_queues(const struct device *device) {
    return (device->features.values[NVME_FID_NUMBER_OF_QUEUES] & 0xffff) + 1;
}

/* Grants as many queues of one kind as of the other. */
static uint16_t set_number_of_queues(struct command *command) {
    struct device *device = command->device;
    const uint32_t submission = command->sqe.cdw11 & 0xffff;
    const uint32_t completion = command->sqe.cdw11 >> 16;
    if (submission == 0xffff || completion == 0xffff) {
        return NVME_INVALID_FIELD;
    }
    for (unsigned qid = 1; qid < DEVICE_QUEUES; qid++) {
        if (device->cq[qid].exists) {
            return NVME_COMMAND_SEQUENCE_ERROR;
        }
    }
    const uint32_t most = submission > completion ? submission : completion;
    const uint32_t granted = most < DEVICE_IO_QUEUES ? most : DEVICE_IO_QUEUES - 1;
    device->features.values[NVME_FID_NUMBER_OF_QUEUES] = granted | granted << 16;
    command->result = granted | granted << 16;
    return NVME_SUCCESS;
}

/* The threshold that CDW11 selects, or NULL. There is the composite temperature, and no sensor. */
static uint32_t *find_threshold(struct features *features, uint32_t cdw11) {
    switch (THRESHOLD_TYPE(cdw11)) {
    case THRESHOLD_OVER:
        return &features->temperature_over;
    case THRESHOLD_UNDER:
        return &features->temperature_under;
    default:
        return NULL;
    }
}

static uint16_t set_temperature(struct device *device, uint32_t cdw11) {
    const uint32_t select = TEMPERATURE_SELECT(cdw11);
    uint32_t *threshold = find_threshold(&device->features, cdw11);
    if ((select != 0 && select != TEMPERATURE_SELECT_ALL) || threshold == NULL) {
        return NVME_INVALID_FIELD;
    }
    *threshold = cdw11 & 0xffff;
    async_events_check_temperature(device);
    return NVME_SUCCESS;
}

static uint16_t set_async_events(struct device *device, uint32_t cdw11) {
    if ((cdw11 & ~NVME_EVENTS_CRITICAL_WARNINGS) != 0) {
        return NVME_INVALID_FIELD; /* Identify Controller OAES: there are no others */
    }
    device->features.values[NVME_FID_ASYNC_EVENTS] = cdw11;
    async_events_check_temperature(device);
    return NVME_SUCCESS;
}

static uint16_t set_interrupt_vector(struct features *features, uint32_t cdw11) {
    const uint32_t vector = cdw11 & 0xffff;
    if (vector >= DEVICE_INTERRUPT_VECTORS) {
        return NVME_INVALID_FIELD;
    }
    const uint64_t bit = UINT64_C(1) << vector % 64;
    uint64_t *word = &features->coalescing_disabled[vector / 64];
    *word = (cdw11 & COALESCING_DISABLE) != 0 ? *word | bit : *word & ~bit;
    return NVME_SUCCESS;
}

static uint16_t set_write_cache(struct device *device, uint32_t cdw11) {
    if (!device->has_volatile_cache) {
        return NVME_INVALID_FIELD;
    }
    const bool cached = (cdw11 & 1) != 0;
    atomic_store(&device->write_cache, cached);
    /* What is in the cache when it is turned off must not stay there. */
    uint16_t status = NVME_SUCCESS;
    for (uint32_t i = 0; i < device->namespace_count && !cached && status == NVME_SUCCESS; i++) {
        status = namespace_sync(&device->namespaces[i]);
    }
    return status;
}

uint16_t admin_set_features(struct command *command) {
    struct device *device = command->device;
    const uint32_t fid = command->sqe.cdw10 & 0xff;
    const uint32_t cdw11 = command->sqe.cdw11;
    if ((command->sqe.cdw10 & NVME_FEATURE_SAVE) != 0) {
        return NVME_FEATURE_NOT_SAVEABLE;
    }
    switch (fid) {
    case NVME_FID_NUMBER_OF_QUEUES:
        return set_number_of_queues(command);
    case NVME_FID_TEMPERATURE_THRESHOLD:
        return set_temperature(device, cdw11);
    case NVME_FID_ASYNC_EVENTS:
        return set_async_events(device, cdw11);
    case NVME_FID_VOLATILE_WRITE_CACHE:
        return set_write_cache(device, cdw11);
    case NVME_FID_INTERRUPT_VECTOR:
        return set_interrupt_vector(&device->features, cdw11);
    case NVME_FID_KEEP_ALIVE_TIMER:
        /* Identify Controller KAS: not supported, so 0, no timer, is the only value. */
        return cdw11 == 0 ? NVME_SUCCESS : NVME_KEEP_ALIVE_TIMEOUT_INVALID;
    case NVME_FID_POWER_MANAGEMENT:
        if (POWER_STATE(cdw11) != 0) {
            return NVME_INVALID_FIELD; /* Identify Controller NPSS: state 0 alone */
        }
        break;
    case NVME_FID_ARBITRATION:
    case NVME_FID_ERROR_RECOVERY:
    case NVME_FID_INTERRUPT_COALESCING:
    case NVME_FID_WRITE_ATOMICITY:
        break;
    default:
        return NVME_INVALID_FIELD;
    }
    device->features.values[fid] = cdw11;
    return NVME_SUCCESS;
}

static uint16_t get_temperature(struct features *features, uint32_t cdw11, uint32_t *value) {
    const uint32_t *threshold = find_threshold(features, cdw11);
    if (TEMPERATURE_SELECT(cdw11) != 0 || threshold == NULL) {
        return NVME_INVALID_FIELD;
    }
    *value = *threshold;
    return NVME_SUCCESS;
}

static uint16_t get_interrupt_vector(const struct features *features, uint32_t cdw11,
                                     uint32_t *value) {
    const uint32_t vector = cdw11 & 0xffff;
    if (vector >= DEVICE_INTERRUPT_VECTORS) {
        return NVME_INVALID_FIELD;
    }
    const bool disabled = (features->coalescing_disabled[vector / 64] >> vector % 64 & 1) != 0;
    *value = vector | (disabled ? COALESCING_DISABLE : 0);
    return NVME_SUCCESS;
}

/* Identify Controller ONCS doesn't say Save and Select, so the current value is what is told. */
uint16_t admin_get_features(struct command *command) {
    struct device *device = command->device;
    const uint32_t fid = command->sqe.cdw10 & 0xff;
    switch (fid) {
    case NVME_FID_TEMPERATURE_THRESHOLD:
        return get_temperature(&device->features, command->sqe.cdw11, &command->result);
    case NVME_FID_VOLATILE_WRITE_CACHE:
        command->result = atomic_load(&device->write_cache);
        return device->has_volatile_cache ? NVME_SUCCESS : NVME_INVALID_FIELD;
    case NVME_FID_INTERRUPT_VECTOR:
        return get_interrupt_vector(&device->features, command->sqe.cdw11, &command->result);
    case NVME_FID_NUMBER_OF_QUEUES:
    case NVME_FID_KEEP_ALIVE_TIMER:
    case NVME_FID_POWER_MANAGEMENT:
    case NVME_FID_ARBITRATION:
    case NVME_FID_ERROR_RECOVERY:
    case NVME_FID_INTERRUPT_COALESCING:
    case NVME_FID_WRITE_ATOMICITY:
    case NVME_FID_ASYNC_EVENTS:
        command->result = device->features.values[fid];
        return NVME_SUCCESS;
    default:
        return NVME_INVALID_FIELD;
    }
}
