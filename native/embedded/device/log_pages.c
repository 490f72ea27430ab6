/* SPDX-License-Identifier: Apache-2.0 */

/* Get Log Page (Base, "Get Log Page command"). */
#include <assert.h>
#include <string.h>

#include "clock.h"
#include "device/command.h"
#include "device/drive.h"
#include "device/overrides.h"

#define SECTORS_PER_DATA_UNIT 1000
#define MS_PER_HOUR (60 * 60 * 1000)
#define RETAIN_ASYNC_EVENT (1u << 15)
#define LOG_PAGE_MAX 4096 /* bytes of the largest */
static_assert(DEVICE_ERROR_ENTRIES * sizeof(struct nvme_error_entry) <= LOG_PAGE_MAX, "it fits");

struct totals {
    uint64_t read_commands;
    uint64_t write_commands;
    uint64_t sectors_read;
    uint64_t sectors_written;
};

static uint64_t value_of(_Atomic uint64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static struct totals count_all(struct device *device) {
    struct totals totals = {0};
    for (unsigned qid = 1; qid < DEVICE_QUEUES; qid++) {
        struct queue_counters *counters = &device->sq[qid].counters;
        totals.read_commands += value_of(&counters->read_commands);
        totals.write_commands += value_of(&counters->write_commands);
        totals.sectors_read += value_of(&counters->sectors_read);
        totals.sectors_written += value_of(&counters->sectors_written);
    }
    return totals;
}

static uint64_t data_units(uint64_t sectors) {
    return (sectors + SECTORS_PER_DATA_UNIT - 1) / SECTORS_PER_DATA_UNIT;
}

static uint64_t power_on_hours(const struct device *device) {
    return (n4j_now_ms() - device->power_on_ms) / MS_PER_HOUR;
}

static void fill_errors(struct device *device, void *page) {
    error_log_read(&device->errors, page);
}

static uint8_t critical_warning(const struct device *device) {
    const struct health *health = &device->drive->health;
    return (uint8_t)((atomic_load(&health->spare) < HEALTH_SPARE_THRESHOLD ? NVME_SMART_SPARE : 0) |
                     (device_temperature_warns(device) ? NVME_SMART_TEMPERATURE : 0) |
                     (atomic_load(&health->is_read_only) ? NVME_SMART_READ_ONLY : 0));
}

static void fill_smart(struct device *device, void *page) {
    const struct totals totals = count_all(device);
    const unsigned kelvin = atomic_load(&device->drive->health.kelvin);
    struct nvme_smart_log *log = page;
    *log = (struct nvme_smart_log){
        .critical_warning = critical_warning(device),
        .composite_temperature = {kelvin & 0xff, (uint8_t)(kelvin >> 8)},
        .available_spare = (uint8_t)atomic_load(&device->drive->health.spare),
        .available_spare_threshold = HEALTH_SPARE_THRESHOLD,
        .data_units_read = {data_units(totals.sectors_read)},
        .data_units_written = {data_units(totals.sectors_written)},
        .host_read_commands = {totals.read_commands},
        .host_write_commands = {totals.write_commands},
        .power_cycles = {device->namespaces[0].life.power_cycles},
        .power_on_hours = {power_on_hours(device)},
        .unsafe_shutdowns = {device->namespaces[0].life.unsafe_shutdowns},
    };
    error_log_counts(&device->errors, &log->error_log_entries[0], &log->media_errors[0]);
}

static void fill_firmware_slot(struct device *device, void *page) {
    (void)device;
    struct nvme_firmware_slot_log *log = page;
    *log = (struct nvme_firmware_slot_log){.afi = 1};
    memset(log->frs[0], ' ', sizeof(log->frs[0]));
    memcpy(log->frs[0], DEVICE_FIRMWARE_REVISION, sizeof(DEVICE_FIRMWARE_REVISION) - 1);
}

static void fill_command_effects(struct device *device, void *page) {
    (void)device;
    effects_of_commands(page);
}

static void fill_feature_effects(struct device *device, void *page) {
    effects_of_features(device, page);
}

/* No command of the NVMe Management Interface is taken. */
static void fill_mi_effects(struct device *device, void *page) {
    (void)device;
    memset(page, 0, LOG_PAGE_MAX);
}

static void fill_supported_pages(struct device *device, void *page);

struct log_page {
    uint8_t identifier;
    uint32_t size;
    void (*fill)(struct device *device, void *page);
};

static const struct log_page all[] = {
    {NVME_LOG_SUPPORTED_PAGES, 256 * sizeof(uint32_t), fill_supported_pages},
    {NVME_LOG_ERROR_INFORMATION, DEVICE_ERROR_ENTRIES * sizeof(struct nvme_error_entry),
     fill_errors},
    {NVME_LOG_SMART_HEALTH, sizeof(struct nvme_smart_log), fill_smart},
    {NVME_LOG_FIRMWARE_SLOT, sizeof(struct nvme_firmware_slot_log), fill_firmware_slot},
    {NVME_LOG_COMMAND_EFFECTS, sizeof(struct nvme_command_effects_log), fill_command_effects},
    {NVME_LOG_FEATURE_EFFECTS, 256 * sizeof(uint32_t), fill_feature_effects},
    {NVME_LOG_MI_EFFECTS, LOG_PAGE_MAX, fill_mi_effects},
};
#define LOG_PAGES (sizeof(all) / sizeof(all[0]))

static void fill_supported_pages(struct device *device, void *page) {
    (void)device;
    uint32_t *supported = page;
    memset(supported, 0, 256 * sizeof(*supported));
    for (unsigned i = 0; i < LOG_PAGES; i++) {
        supported[all[i].identifier] = NVME_EFFECTS_SUPPORTED;
    }
}

/* NULL: there is no such page. */
static const struct log_page *find_log_page(uint8_t identifier) {
    for (unsigned i = 0; i < LOG_PAGES; i++) {
        if (all[i].identifier == identifier) {
            return &all[i];
        }
    }
    return NULL;
}

/* What is asked of a page of that size; all are the controller's, not a namespace's. */
static uint16_t check(struct command *command, uint64_t size, uint64_t offset, uint64_t length) {
    const struct nvme_sqe *sqe = &command->sqe;
    if (sqe->nsid != 0 && sqe->nsid != NVME_NSID_ALL) {
        return command_refuse(command, 4, 0, NVME_INVALID_FIELD);
    }
    if (length > command->device->transfer_max) {
        return command_refuse(command, 42, 0, NVME_INVALID_FIELD); /* NUMD */
    }
    if ((offset & 3) != 0 || offset > size) {
        return command_refuse(command, 48, 0, NVME_INVALID_FIELD); /* LPO */
    }
    if ((sqe->cdw14 & NVME_LOG_OFFSET_TYPE) != 0) {
        return command_refuse(command, 58, 7, NVME_INVALID_FIELD);
    }
    return NVME_CSI(sqe->cdw14) == NVME_CSI_NVM
               ? NVME_SUCCESS
               : command_refuse(command, 59, 0, NVME_INVALID_FIELD);
}

uint16_t admin_get_log_page(struct command *command) {
    const struct nvme_sqe *sqe = &command->sqe;
    const struct log_page *log_page = find_log_page((uint8_t)sqe->cdw10);
    const uint64_t offset = sqe->cdw12 | (uint64_t)sqe->cdw13 << 32;
    const uint64_t dwords = (sqe->cdw10 >> 16 | (uint64_t)(sqe->cdw11 & 0xffff) << 16) + 1;
    _Alignas(8) uint8_t page[LOG_PAGE_MAX];
    if (log_page == NULL) {
        return NVME_INVALID_LOG_PAGE;
    }
    uint16_t status = check(command, log_page->size, offset, dwords * 4);
    if (status == NVME_SUCCESS) {
        status = command_transfer(command, dwords * 4, DATA_TO_HOST);
    }
    if (status == NVME_SUCCESS) {
        const struct telling telling = {TOLD_LOG, log_page->identifier, sqe->nsid};
        log_page->fill(command->device, page);
        overrides_apply(command->device, &telling, page, log_page->size);
        status = transfer_send(&command->sq->transfer, page + offset, log_page->size - offset);
    }
    if (status == NVME_SUCCESS && (sqe->cdw10 & RETAIN_ASYNC_EVENT) == 0) {
        async_events_log_read(command->device, log_page->identifier);
    }
    return status;
}
