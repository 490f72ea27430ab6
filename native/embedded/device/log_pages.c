/* SPDX-License-Identifier: Apache-2.0 */

/* Get Log Page (Base, "Get Log Page command"). */
#include <string.h>

#include "clock.h"
#include "device/command.h"

#define SECTORS_PER_DATA_UNIT 1000
#define MS_PER_HOUR (60 * 60 * 1000)
#define RETAIN_ASYNC_EVENT (1u << 15)

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

static void fill_smart(struct device *device, struct nvme_smart_log *log) {
    const struct totals totals = count_all(device);
    *log = (struct nvme_smart_log){
        .critical_warning = device_temperature_warns(device) ? NVME_SMART_TEMPERATURE : 0,
        .composite_temperature = {DEVICE_TEMPERATURE_KELVIN & 0xff, DEVICE_TEMPERATURE_KELVIN >> 8},
        .available_spare = 100,
        .available_spare_threshold = 10,
        .data_units_read = {data_units(totals.sectors_read)},
        .data_units_written = {data_units(totals.sectors_written)},
        .host_read_commands = {totals.read_commands},
        .host_write_commands = {totals.write_commands},
        .power_cycles = {1},
        .power_on_hours = {power_on_hours(device)},
    };
    error_log_counts(&device->errors, &log->error_log_entries[0], &log->media_errors[0]);
}

static void fill_firmware_slot(struct nvme_firmware_slot_log *log) {
    *log = (struct nvme_firmware_slot_log){.afi = 1};
    memset(log->frs[0], ' ', sizeof(log->frs[0]));
    memcpy(log->frs[0], DEVICE_FIRMWARE_REVISION, sizeof(DEVICE_FIRMWARE_REVISION) - 1);
}

union log_page {
    struct nvme_error_entry errors[DEVICE_ERROR_ENTRIES];
    struct nvme_smart_log smart;
    struct nvme_firmware_slot_log firmware;
};

/* Fills the page and returns its size; 0 where there is no such page. */
static uint64_t fill(struct command *command, union log_page *page) {
    struct device *device = command->device;
    switch (command->sqe.cdw10 & 0xff) {
    case NVME_LOG_ERROR_INFORMATION:
        error_log_read(&device->errors, page->errors);
        return sizeof(page->errors);
    case NVME_LOG_SMART_HEALTH:
        fill_smart(device, &page->smart);
        return sizeof(page->smart);
    case NVME_LOG_FIRMWARE_SLOT:
        fill_firmware_slot(&page->firmware);
        return sizeof(page->firmware);
    default:
        return 0;
    }
}

uint16_t admin_get_log_page(struct command *command) {
    const struct nvme_sqe *sqe = &command->sqe;
    union log_page page;
    const uint64_t size = fill(command, &page);
    if (size == 0) {
        return NVME_INVALID_LOG_PAGE;
    }
    const uint64_t offset = sqe->cdw12 | (uint64_t)sqe->cdw13 << 32;
    const uint64_t dwords = (sqe->cdw10 >> 16 | (uint64_t)(sqe->cdw11 & 0xffff) << 16) + 1;
    /* All pages here are the controller's, not a namespace's (Base, "Get Log Page command", NSID). */
    if ((sqe->nsid != 0 && sqe->nsid != NVME_NSID_ALL) || (offset & 3) != 0 || offset > size ||
        (sqe->cdw14 & NVME_LOG_OFFSET_TYPE) != 0 || dwords * 4 > command->device->transfer_max) {
        return NVME_INVALID_FIELD;
    }
    uint16_t status = command_transfer(command, dwords * 4, DATA_TO_HOST);
    if (status == NVME_SUCCESS) {
        status =
            transfer_send(&command->sq->transfer, (const uint8_t *)&page + offset, size - offset);
    }
    if (status == NVME_SUCCESS && (sqe->cdw10 & RETAIN_ASYNC_EVENT) == 0) {
        async_events_log_read(command->device, (uint8_t)sqe->cdw10);
    }
    return status;
}
