/* SPDX-License-Identifier: Apache-2.0 */

#include "serve/regions.h"

#include <errno.h>
#include <string.h>

static_assert(DEVICE_BAR_SIZE <= MESSAGE_DATA_MAX && PCI_CONFIG_SIZE <= MESSAGE_DATA_MAX,
              "a region is read at once");

static uint64_t size_of(uint32_t region) {
    switch (region) {
    case VFU_REGION_BAR0:
        return DEVICE_BAR_SIZE;
    case VFU_REGION_BAR4:
    case VFU_REGION_BAR5:
        return PCI_MSIX_SIZE;
    case VFU_REGION_CONFIG:
        return PCI_CONFIG_SIZE;
    default:
        return 0;
    }
}

/*
 * The doorbells can be mapped, of which a capability tells, where the client has room for it. Without that,
 * it is told how much it takes, and of no capability: QEMU gives a device up that has one nowhere.
 */
static void describe_doorbells(const struct regions *regions, uint32_t room,
                               struct vfu_region_info *info, struct reply *reply) {
    const struct vfu_sparse sparse = {
        .id = VFU_SPARSE,
        .version = 1,
        .areas = 1,
        .offset = BAR_DOORBELLS,
        .size = DEVICE_BAR_SIZE - BAR_DOORBELLS,
    };
    info->argsz = sizeof(*info) + sizeof(sparse);
    info->flags |= VFU_REGION_MAPPABLE;
    const bool fits = room >= info->argsz;
    if (fits) {
        info->flags |= VFU_REGION_CAPABILITIES;
        info->capability = sizeof(*info);
    }
    reply_put(reply, info, sizeof(*info));
    if (fits) {
        reply_put(reply, &sparse, sizeof(sparse));
        reply->fd = regions->bar.doorbells;
    }
}

int regions_info(const struct regions *regions, const struct message *message,
                 struct reply *reply) {
    struct vfu_region_info info;
    if (!message_get(message, &info, sizeof(info)) || info.index >= VFU_REGIONS) {
        return -EINVAL;
    }
    const uint32_t room = info.argsz;
    info = (struct vfu_region_info){
        .argsz = sizeof(info),
        .index = info.index,
        .size = size_of(info.index),
    };
    info.flags = info.size == 0 ? 0 : VFU_REGION_READABLE | VFU_REGION_WRITABLE;
    if (info.index == VFU_REGION_BAR0) {
        describe_doorbells(regions, room, &info, reply);
    } else {
        reply_put(reply, &info, sizeof(info));
    }
    return 0;
}

/* The access that a message asks for, if it is within a region. */
static int get_access(const struct message *message, struct vfu_region_access *access) {
    if (!message_get(message, access, sizeof(*access))) {
        return -EINVAL;
    }
    const uint64_t size = size_of(access->region);
    return access->count > 0 && access->offset <= size && access->count <= size - access->offset
               ? 0
               : -EINVAL;
}

int regions_read(const struct regions *regions, const struct message *message,
                 struct reply *reply) {
    struct vfu_region_access access;
    int code = get_access(message, &access);
    if (code != 0) {
        return code;
    }
    reply_put(reply, &access, sizeof(access));
    if (access.region == VFU_REGION_BAR0) {
        code = bar_read(&regions->bar, access.offset, reply->payload + reply->length, access.count);
        reply->length += access.count;
        return code;
    }
    const uint8_t *bytes = access.region == VFU_REGION_CONFIG ? regions->pci.config
                           : access.region == VFU_REGION_BAR4 ? regions->pci.msix_table
                                                              : regions->pci.msix_pending;
    reply_put(reply, bytes + access.offset, access.count);
    return 0;
}

int regions_write(struct regions *regions, const struct message *message, struct reply *reply) {
    struct vfu_region_access access;
    int code = get_access(message, &access);
    if (code != 0 || message->length - sizeof(access) < access.count) {
        return -EINVAL;
    }
    const uint8_t *data = message->payload + sizeof(access);
    reply_put(reply, &access, sizeof(access));
    switch (access.region) {
    case VFU_REGION_BAR0:
        return bar_write(&regions->bar, regions->device, access.offset, data, access.count);
    case VFU_REGION_BAR4:
        memcpy(regions->pci.msix_table + access.offset, data, access.count);
        return 0;
    case VFU_REGION_CONFIG:
        pci_write_config(&regions->pci, access.offset, data, access.count);
        return 0;
    default:
        return 0; /* pending bits are read-only */
    }
}
