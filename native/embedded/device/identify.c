/* SPDX-License-Identifier: Apache-2.0 */

/* Identify (Base, "Identify command"). */
#include <string.h>

#include "connection.h"
#include "device/command.h"
#include "device/drive.h"
#include "device/health.h"
#include "device/overrides.h"

#define MODEL_NUMBER "nvme4j embedded controller"

/* Sends a structure, which is zero from `size` on, as the controller is to tell it. */
static uint16_t tell(struct command *command, const void *structure, size_t size) {
    uint8_t data[NVME_IDENTIFY_SIZE] = {0};
    const struct telling telling = {TOLD_IDENTIFY, (uint8_t)command->sqe.cdw10, command->sqe.nsid};
    memcpy(data, structure, size);
    overrides_apply(command->device, &telling, data, sizeof(data));
    return transfer_send(&command->sq->transfer, data, sizeof(data));
}

/* Fills a field of ASCII characters, padded with blanks. */
static void put_ascii(char *field, size_t size, const char *text) {
    memset(field, ' ', size);
    memcpy(field, text, strlen(text));
}

static uint32_t sgls(const struct device *device) {
    switch (device->sgl_support) {
    case SGL_BYTE:
        return NVME_SGLS_BYTE | NVME_SGLS_BIT_BUCKET | NVME_SGLS_METADATA_BYTE;
    case SGL_DWORD:
        return NVME_SGLS_DWORD | NVME_SGLS_BIT_BUCKET;
    default:
        return 0;
    }
}

static uint64_t total_size(const struct device *device) {
    uint64_t size = 0;
    for (uint32_t i = 0; i < device->namespace_count; i++) {
        size += device->namespaces[i].size;
    }
    return size;
}

static uint16_t identify_controller(struct command *command) {
    const struct device *device = command->device;
    const struct identity *identity = &device->identity;
    struct nvme_identify_controller data = {
        .vid = DEVICE_VENDOR_ID,
        .ssvid = DEVICE_VENDOR_ID,
        .ieee = {identity->eui64[2], identity->eui64[1], identity->eui64[0]},
        .mdts = device->mdts,
        .cntlid = identity->cntlid,
        .ver = NVME_VS_2_0,
        .ctratt = NVME_CTRATT_HOST_IDENTIFIER_128,
        .cntrltype = NVME_CNTRLTYPE_IO,
        .aerl = DEVICE_ASYNC_EVENTS - 1,
        .frmw = NVME_FRMW_SLOT1_READ_ONLY | NVME_FRMW_ONE_SLOT,
        .lpa = NVME_LPA_COMMAND_EFFECTS | NVME_LPA_EXTENDED_DATA | NVME_LPA_SUPPORTED_PAGES,
        .elpe = DEVICE_ERROR_ENTRIES - 1,
        .wctemp = HEALTH_WARNING_KELVIN,
        .cctemp = HEALTH_CRITICAL_KELVIN,
        .kas = DEVICE_KEEP_ALIVE_UNITS,
        .sqes = NVME_SQE_SHIFT << 4 | NVME_SQE_SHIFT,
        .cqes = NVME_CQE_SHIFT << 4 | NVME_CQE_SHIFT,
        .nn = device->namespace_count,
        .fuses = NVME_FUSES_COMPARE_AND_WRITE,
        .oncs = NVME_ONCS_COMPARE | NVME_ONCS_DATASET_MANAGEMENT | NVME_ONCS_WRITE_ZEROES |
                NVME_ONCS_SAVE_AND_SELECT | NVME_ONCS_TIMESTAMP,
        .vwc =
            device->has_volatile_cache ? NVME_VWC_PRESENT | NVME_VWC_FLUSH_ALL : NVME_VWC_FLUSH_ALL,
        .awun = device->drive->config.power.awupf,
        .awupf = device->drive->config.power.awupf,
        .sgls = sgls(device),
        .mnan = device->namespace_count,
        .tnvmcap = {total_size(device), 0},
        .psd = {{.mp = 100}},
    };
    put_ascii(data.sn, sizeof(data.sn), identity->serial);
    put_ascii(data.mn, sizeof(data.mn), MODEL_NUMBER);
    put_ascii(data.fr, sizeof(data.fr), DEVICE_FIRMWARE_REVISION);
    memcpy(data.subnqn, identity->subnqn, sizeof(identity->subnqn)); /* padded with NULs */
    return tell(command, &data, sizeof(data));
}

/* There is one format, so that what it has is all that is supported. */
static void put_metadata(struct nvme_identify_namespace *data, const struct namespace *ns) {
    if (ns->metadata_size == 0) {
        return;
    }
    data->flbas = ns->metadata_extended ? NVME_FLBAS_EXTENDED : 0;
    data->mc = ns->metadata_extended ? NVME_MC_EXTENDED : NVME_MC_SEPARATE;
    if (ns->protection_type != 0) {
        data->dpc = (uint8_t)(NVME_DPC_TYPE(ns->protection_type) |
                              (ns->protection_first ? NVME_DPC_FIRST : NVME_DPC_LAST));
        data->dps = (uint8_t)(ns->protection_type | (ns->protection_first ? NVME_DPS_FIRST : 0));
    }
}

/* What is written as a whole without a power failure is more than that. */
static void put_atomicity(struct nvme_identify_namespace *data, const struct config_power *power) {
    data->nsfeat |= power->nawupf != 0 ? NVME_NSFEAT_NSABP : 0;
    data->nawun = power->nawupf;
    data->nawupf = power->nawupf;
    data->nabsn = power->nabspf;
    data->nabspf = power->nabspf;
    data->nabo = power->nabo;
}

static uint16_t identify_namespace(struct command *command) {
    const struct identity *identity = &command->device->identity;
    const uint32_t nsid = command->sqe.nsid;
    const struct namespace *ns = device_namespace(command->device, nsid);
    if (ns == NULL) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    struct nvme_identify_namespace data = {
        .nsze = ns->blocks,
        .ncap = ns->blocks,
        .nuse = ns->blocks,
        .dlfeat = NVME_DLFEAT_READS_ZEROES | NVME_DLFEAT_DEAC,
        .nvmcap = {ns->size, 0},
        .lbaf = {{.ms = (uint16_t)ns->metadata_size, .lbads = ns->block_size == 512 ? 9 : 12}},
    };
    put_metadata(&data, ns);
    put_atomicity(&data, &command->device->drive->config.power);
    identity_nguid(identity, nsid, data.nguid);
    identity_eui64(identity, nsid, data.eui64);
    return tell(command, &data, sizeof(data));
}

static uint16_t identify_active_namespaces(struct command *command) {
    uint32_t list[NVME_IDENTIFY_SIZE / sizeof(uint32_t)] = {0};
    const uint32_t after = command->sqe.nsid;
    if (after >= NVME_NSID_ALL - 1) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    uint32_t count = 0;
    for (uint32_t nsid = 1; nsid <= command->device->namespace_count; nsid++) {
        if (nsid > after) {
            list[count++] = nsid;
        }
    }
    return tell(command, list, sizeof(list));
}

/* Appends a Namespace Identification Descriptor's header and returns where its identifier goes. */
static uint8_t *append_nid(uint8_t **end, uint8_t type, uint8_t length) {
    uint8_t *identifier = *end + NVME_NID_HEADER;
    (*end)[0] = type;
    (*end)[1] = length;
    *end = identifier + length;
    return identifier;
}

static uint16_t identify_namespace_descriptors(struct command *command) {
    const struct identity *identity = &command->device->identity;
    const uint32_t nsid = command->sqe.nsid;
    if (device_namespace(command->device, nsid) == NULL) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    uint8_t data[NVME_IDENTIFY_SIZE] = {0};
    uint8_t *end = data;
    identity_eui64(identity, nsid, append_nid(&end, NVME_NIDT_EUI64, 8));
    identity_nguid(identity, nsid, append_nid(&end, NVME_NIDT_NGUID, 16));
    append_nid(&end, NVME_NIDT_CSI, 1)[0] = 0; /* the NVM Command Set */
    return tell(command, data, sizeof(data));
}

/* Nothing of what the NVM Command Set has more than the base: no storage tags, no limits of its own. */
static uint16_t identify_nvm(struct command *command, bool is_namespace) {
    static const uint8_t nothing[1];
    if (NVME_CSI(command->sqe.cdw11) != NVME_CSI_NVM) {
        return command_refuse(command, 47, 0, NVME_INVALID_FIELD);
    }
    if (is_namespace && device_namespace(command->device, command->sqe.nsid) == NULL) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    return tell(command, nothing, sizeof(nothing));
}

static uint16_t identify_independent_namespace(struct command *command) {
    const struct device *device = command->device;
    if (device_namespace(command->device, command->sqe.nsid) == NULL) {
        return NVME_INVALID_NAMESPACE_OR_FORMAT;
    }
    const struct nvme_independent_namespace data = {
        .nsfeat = device->has_volatile_cache ? 0 : NVME_NSFEAT_NO_VOLATILE_CACHE,
        .nstat = NVME_NSTAT_READY,
    };
    return tell(command, &data, sizeof(data));
}

/* There is one combination: the NVM Command Set alone. */
static uint16_t identify_command_sets(struct command *command) {
    const uint64_t sets = NVME_COMMAND_SETS_NVM;
    const uint32_t cntid = NVME_CNS_CNTID(command->sqe.cdw10);
    if (cntid != NVME_CNTID_THIS && cntid != command->device->identity.cntlid) {
        return command_refuse(command, 42, 0, NVME_INVALID_FIELD);
    }
    return tell(command, &sets, sizeof(sets));
}

uint16_t admin_identify(struct command *command) {
    uint16_t status = command_transfer(command, NVME_IDENTIFY_SIZE, DATA_TO_HOST);
    if (status != NVME_SUCCESS) {
        return status;
    }
    switch (command->sqe.cdw10 & 0xff) {
    case NVME_CNS_NAMESPACE:
        return identify_namespace(command);
    case NVME_CNS_CONTROLLER:
        return identify_controller(command);
    case NVME_CNS_ACTIVE_NAMESPACES:
        return identify_active_namespaces(command);
    case NVME_CNS_NAMESPACE_DESCRIPTORS:
        return identify_namespace_descriptors(command);
    case NVME_CNS_NVM_NAMESPACE:
        return identify_nvm(command, true);
    case NVME_CNS_NVM_CONTROLLER:
        return identify_nvm(command, false);
    case NVME_CNS_INDEPENDENT_NAMESPACE:
        return identify_independent_namespace(command);
    case NVME_CNS_COMMAND_SETS:
        return identify_command_sets(command);
    default:
        return command_refuse(command, 40, 0, NVME_INVALID_FIELD); /* CNS */
    }
}
