/* SPDX-License-Identifier: Apache-2.0 */

/* Get Features and Set Features (Base, "Feature Values"). Nothing is saved over a reset. */
#include <string.h>

#include "clock.h"
#include "device/command.h"
#include "device/drive.h"
#include "device/feature_data.h"
#include "device/health.h"
#include "device/namespace.h"
#include "device/overrides.h"
#include "device/watch.h"

#define TEMPERATURE_SELECT(cdw11) ((cdw11) >> 16 & 15)
#define TEMPERATURE_SELECT_ALL 15u
#define THRESHOLD_TYPE(cdw11) ((cdw11) >> 20 & 3)
#define THRESHOLD_OVER 0u
#define THRESHOLD_UNDER 1u
#define POWER_STATE(cdw11) ((cdw11)&31)
#define COALESCING_DISABLE (1u << 16)
#define QUEUES_ALL ((DEVICE_IO_QUEUES - 1) | (uint32_t)(DEVICE_IO_QUEUES - 1) << 16)

static void features_init(struct features *features) {
    memset(features, 0, sizeof(*features));
    features->values[NVME_FID_NUMBER_OF_QUEUES] = QUEUES_ALL;
    features->values[NVME_FID_VOLATILE_WRITE_CACHE] = 1;
    features->temperature_over = HEALTH_WARNING_KELVIN;
    features->timestamp_at_ms = n4j_now_ms();
}

void features_reset(struct device *device) {
    features_init(&device->features);
    /* Where there is none for sure, all that is written goes to the medium at once. */
    atomic_store(&device->write_cache, device->drive->config.power.vwc != CONFIG_VWC_ABSENT);
}

unsigned features_io_queues(const struct device *device) {
    return (device->features.values[NVME_FID_NUMBER_OF_QUEUES] & 0xffff) + 1;
}

static uint32_t fid_of(const struct command *command) {
    return command->sqe.cdw10 & 0xff;
}

static uint16_t set_value(struct command *command) {
    command->device->features.values[fid_of(command)] = command->sqe.cdw11;
    return NVME_SUCCESS;
}

static uint16_t get_value(struct command *command, const struct features *from) {
    command->result = from->values[fid_of(command)];
    return NVME_SUCCESS;
}

/* Identify Controller NPSS: state 0 alone. */
static uint16_t set_power_state(struct command *command) {
    return POWER_STATE(command->sqe.cdw11) == 0
               ? set_value(command)
               : command_refuse(command, 44, 0, NVME_INVALID_FIELD);
}

/* Rounded up to what Identify Controller KAS says; 0 is no timer. */
static uint16_t set_keep_alive(struct command *command) {
    const uint32_t unit = DEVICE_KEEP_ALIVE_UNITS * 100;
    const uint64_t rounded_ms = ((uint64_t)command->sqe.cdw11 + unit - 1) / unit * unit;
    if (rounded_ms > UINT32_MAX) {
        return command_refuse(command, 44, 0, NVME_KEEP_ALIVE_TIMEOUT_INVALID);
    }
    command->device->features.values[NVME_FID_KEEP_ALIVE_TIMER] = (uint32_t)rounded_ms;
    keep_alive_restart(command->device);
    return NVME_SUCCESS;
}

/* Grants as many queues of one kind as of the other. */
static uint16_t set_number_of_queues(struct command *command) {
    struct device *device = command->device;
    const uint32_t submission = command->sqe.cdw11 & 0xffff;
    const uint32_t completion = command->sqe.cdw11 >> 16;
    if (submission == 0xffff || completion == 0xffff) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD);
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

/* Of all namespaces, or of one. */
static uint16_t set_error_recovery(struct command *command) {
    struct device *device = command->device;
    for (uint32_t nsid = 1; nsid <= device->namespace_count; nsid++) {
        if (command->sqe.nsid == NVME_NSID_ALL || command->sqe.nsid == nsid) {
            device->features.error_recovery[nsid - 1] = command->sqe.cdw11;
        }
    }
    return NVME_SUCCESS;
}

/* Hosts that take it for the controller's ask without a namespace, and are told of the first one. */
static uint16_t get_error_recovery(struct command *command, const struct features *from) {
    const uint32_t nsid = command->sqe.nsid;
    command->result = from->error_recovery[nsid == 0 ? 0 : nsid - 1];
    return NVME_SUCCESS;
}

/* Where the threshold is that CDW11 selects. There is the composite temperature, and no sensor. */
static const uint32_t *find_threshold(const struct features *features, uint32_t cdw11) {
    switch (THRESHOLD_TYPE(cdw11)) {
    case THRESHOLD_OVER:
        return &features->temperature_over;
    case THRESHOLD_UNDER:
        return &features->temperature_under;
    default:
        return NULL;
    }
}

static uint16_t set_temperature(struct command *command) {
    struct features *features = &command->device->features;
    const uint32_t cdw11 = command->sqe.cdw11;
    const uint32_t select = TEMPERATURE_SELECT(cdw11);
    if ((select != 0 && select != TEMPERATURE_SELECT_ALL) ||
        find_threshold(features, cdw11) == NULL) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD);
    }
    *(THRESHOLD_TYPE(cdw11) == THRESHOLD_OVER ? &features->temperature_over
                                              : &features->temperature_under) = cdw11 & 0xffff;
    async_events_check_temperature(command->device);
    return NVME_SUCCESS;
}

static uint16_t get_temperature(struct command *command, const struct features *from) {
    const uint32_t *threshold = find_threshold(from, command->sqe.cdw11);
    if (TEMPERATURE_SELECT(command->sqe.cdw11) != 0 || threshold == NULL) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD);
    }
    command->result = *threshold;
    return NVME_SUCCESS;
}

static uint16_t set_async_events(struct command *command) {
    set_value(command);
    async_events_check_temperature(command->device);
    return NVME_SUCCESS;
}

static uint16_t set_interrupt_vector(struct command *command) {
    const uint32_t vector = command->sqe.cdw11 & 0xffff;
    if (vector >= DEVICE_INTERRUPT_VECTORS) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD);
    }
    const uint64_t bit = UINT64_C(1) << vector % 64;
    uint64_t *word = &command->device->features.coalescing_disabled[vector / 64];
    *word = (command->sqe.cdw11 & COALESCING_DISABLE) != 0 ? *word | bit : *word & ~bit;
    return NVME_SUCCESS;
}

static uint16_t get_interrupt_vector(struct command *command, const struct features *from) {
    const uint32_t vector = command->sqe.cdw11 & 0xffff;
    if (vector >= DEVICE_INTERRUPT_VECTORS) {
        return command_refuse(command, 44, 0, NVME_INVALID_FIELD);
    }
    const bool disabled = (from->coalescing_disabled[vector / 64] >> vector % 64 & 1) != 0;
    command->result = vector | (disabled ? COALESCING_DISABLE : 0);
    return NVME_SUCCESS;
}

static uint16_t set_write_cache(struct command *command) {
    struct device *device = command->device;
    const bool cached = (command->sqe.cdw11 & 1) != 0;
    set_value(command);
    if (device->watch != NULL) {
        watch_cache(device, cached);
    } else {
        atomic_store(&device->write_cache, cached);
    }
    /* What is in the cache when it is turned off must not stay there. */
    uint16_t status = NVME_SUCCESS;
    for (uint32_t i = 0; i < device->namespace_count && !cached && status == NVME_SUCCESS; i++) {
        status = namespace_sync(&device->namespaces[i]);
    }
    return status;
}

struct feature {
    uint32_t fid;
    uint32_t bits; /* of CDW11 that Set Features gives a meaning to; the others are reserved */
    uint16_t (*set)(struct command *command);
    uint16_t (*get)(struct command *command, const struct features *from);
};

static const struct feature all[] = {
    {NVME_FID_ARBITRATION, 0xffffff07, set_value, get_value},
    {NVME_FID_POWER_MANAGEMENT, 0xff, set_power_state, get_value},
    {NVME_FID_TEMPERATURE_THRESHOLD, 0x3fffff, set_temperature, get_temperature},
    /* Without DULBE (Identify Namespace NSFEAT). */
    {NVME_FID_ERROR_RECOVERY, 0xffff, set_error_recovery, get_error_recovery},
    {NVME_FID_VOLATILE_WRITE_CACHE, 1, set_write_cache, get_value},
    {NVME_FID_NUMBER_OF_QUEUES, 0xffffffff, set_number_of_queues, get_value},
    {NVME_FID_INTERRUPT_COALESCING, 0xffff, set_value, get_value},
    {NVME_FID_INTERRUPT_VECTOR, 0x1ffff, set_interrupt_vector, get_interrupt_vector},
    {NVME_FID_WRITE_ATOMICITY, 1, set_value, get_value},
    /* Identify Controller OAES: there are no others. */
    {NVME_FID_ASYNC_EVENTS, NVME_EVENTS_CRITICAL_WARNINGS, set_async_events, get_value},
    {NVME_FID_TIMESTAMP, 0, set_timestamp, get_timestamp},
    {NVME_FID_KEEP_ALIVE_TIMER, 0xffffffff, set_keep_alive, get_value},
    {NVME_FID_HOST_BEHAVIOR_SUPPORT, 0, set_host_behavior, get_host_behavior},
    {NVME_FID_HOST_IDENTIFIER, NVME_HOST_IDENTIFIER_EXTENDED, set_host_identifier,
     get_host_identifier},
};

/* NULL: this controller has no such feature. */
static const struct feature *find_feature(const struct device *device, uint32_t fid) {
    for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (all[i].fid == fid) {
            return fid == NVME_FID_VOLATILE_WRITE_CACHE && !device->has_volatile_cache ? NULL
                                                                                       : &all[i];
        }
    }
    return NULL;
}

static bool is_of_namespaces(const struct feature *feature) {
    return feature->fid == NVME_FID_ERROR_RECOVERY;
}

uint32_t feature_effects(const struct device *device, uint8_t fid) {
    const struct feature *feature = find_feature(device, fid);
    if (feature == NULL) {
        return 0;
    }
    return NVME_EFFECTS_SUPPORTED |
           (is_of_namespaces(feature) ? NVME_EFFECTS_OF_NAMESPACE : NVME_EFFECTS_OF_CONTROLLER);
}

/* Base, "Set Features command", NSID: the namespace of a feature that has one, or none. */
static uint16_t check_set_nsid(const struct command *command, const struct feature *feature) {
    const uint32_t nsid = command->sqe.nsid;
    const bool is_one = device_namespace(command->device, nsid) != NULL;
    if (is_of_namespaces(feature)) {
        return is_one || nsid == NVME_NSID_ALL ? NVME_SUCCESS : NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    if (is_one) {
        return NVME_FEATURE_NOT_NAMESPACE_SPECIFIC;
    }
    return nsid == 0 || nsid == NVME_NSID_ALL ? NVME_SUCCESS : NVME_INVALID_NAMESPACE_OR_FORMAT;
}

/* Has a value be told as overrides have it. */
static uint16_t tell(struct command *command, uint16_t status) {
    const struct telling telling = {TOLD_FEATURE, (uint8_t)fid_of(command), command->sqe.nsid};
    if (status == NVME_SUCCESS) {
        overrides_apply(command->device, &telling, &command->result, sizeof(command->result));
    }
    return status;
}

uint16_t admin_set_features(struct command *command) {
    const struct feature *feature = find_feature(command->device, fid_of(command));
    if (feature == NULL) {
        return command_refuse(command, 40, 0, NVME_INVALID_FIELD);
    }
    if ((command->sqe.cdw10 & NVME_FEATURE_SAVE) != 0) {
        return NVME_FEATURE_NOT_SAVEABLE;
    }
    const uint16_t status = check_set_nsid(command, feature);
    if (status != NVME_SUCCESS) {
        return status;
    }
    const uint32_t reserved = command->sqe.cdw11 & ~feature->bits;
    if (reserved != 0) {
        const unsigned bit = (unsigned)__builtin_ctz(reserved);
        return command_refuse(command, 44 + bit / 8, bit % 8, NVME_INVALID_FIELD);
    }
    return tell(command, feature->set(command));
}

/* Where nothing is saved, the default is what is told (Base, "Get Features command", SEL). */
static uint16_t get_selected(struct command *command, const struct feature *feature) {
    struct features defaults;
    switch (NVME_FEATURE_SELECT(command->sqe.cdw10)) {
    case NVME_SELECT_CURRENT:
        return feature->get(command, &command->device->features);
    case NVME_SELECT_DEFAULT:
    case NVME_SELECT_SAVED:
        features_init(&defaults);
        return feature->get(command, &defaults);
    case NVME_SELECT_CAPABILITIES:
        command->result = NVME_FEATURE_CHANGEABLE |
                          (is_of_namespaces(feature) ? NVME_FEATURE_NAMESPACE_SPECIFIC : 0);
        return NVME_SUCCESS;
    default:
        return command_refuse(command, 41, 0, NVME_INVALID_FIELD);
    }
}

uint16_t admin_get_features(struct command *command) {
    const struct feature *feature = find_feature(command->device, fid_of(command));
    const uint32_t nsid = command->sqe.nsid;
    if (feature == NULL) {
        return command_refuse(command, 40, 0, NVME_INVALID_FIELD);
    }
    if (is_of_namespaces(feature) && nsid != 0 && device_namespace(command->device, nsid) == NULL) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    return tell(command, get_selected(command, feature));
}
