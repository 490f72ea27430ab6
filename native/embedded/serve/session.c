/* SPDX-License-Identifier: Apache-2.0 */

#include "serve/session.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NAP_NS 50000L

/* Whether the controller is disabled, or was removed: then all its registers read all ones. */
static bool is_stopped(struct device *device) {
    const uint32_t csts = atomic_load(&device_registers(device)->csts);
    return csts == UINT32_MAX || (csts & (NVME_CSTS_RDY | NVME_CSTS_CFS)) == 0;
}

/* When this returns, the controller is stopped, and touches no memory of the client's. */
static void stop_controller(struct session *session) {
    struct device *device = session->regions.device;
    device_write_cc(device, 0);
    /* From its next look on it sees that; of an earlier one it may still be about to say "ready". */
    iova_table_quiesce(session->dma.iova);
    while (!is_stopped(device)) {
        const struct timespec nap = {0, NAP_NS};
        nanosleep(&nap, NULL);
    }
    iova_table_quiesce(session->dma.iova);
}

static void reset(struct session *session) {
    stop_controller(session);
    bar_reset(session->regions.device);
    pci_reset(&session->regions.pci);
}

/* What the client says of itself beyond the numbers is nothing to this side. */
static int agree(struct session *session, const struct message *message, struct reply *reply) {
    struct vfu_version version;
    char capabilities[160];
    if (session->has_version || !message_get(message, &version, sizeof(version)) ||
        version.major != VFU_MAJOR) {
        return -EINVAL;
    }
    session->has_version = true;
    version.minor = version.minor < VFU_MINOR ? version.minor : VFU_MINOR;
    const int length = snprintf(capabilities, sizeof(capabilities),
                                "{\"capabilities\":{\"max_msg_fds\":%d,\"max_data_xfer_size\":%u,"
                                "\"max_dma_maps\":%d,\"pgsizes\":%u}}",
                                MESSAGE_FDS_MAX, MESSAGE_DATA_MAX, DMA_REGIONS_MAX, NVME_PAGE_SIZE);
    reply_put(reply, &version, sizeof(version));
    reply_put(reply, capabilities, (size_t)length + 1);
    return 0;
}

static int map(struct session *session, const struct message *message) {
    struct vfu_dma_map request;
    if (!message_get(message, &request, sizeof(request)) || message->fd_count > 1) {
        return -EINVAL;
    }
    return dma_map(&session->dma, &request, message->fd_count == 1 ? message->fds[0] : NO_FD);
}

static int unmap(struct session *session, const struct message *message, struct reply *reply) {
    struct vfu_dma_unmap request;
    if (!message_get(message, &request, sizeof(request))) {
        return -EINVAL;
    }
    reply_put(reply, &request, sizeof(request));
    return dma_unmap(&session->dma, &request);
}

static int tell_of_device(const struct message *message, struct reply *reply) {
    struct vfu_device_info info;
    if (!message_get(message, &info, sizeof(info))) {
        return -EINVAL;
    }
    info = (struct vfu_device_info){
        .argsz = sizeof(info),
        .flags = VFU_DEVICE_RESETS | VFU_DEVICE_PCI,
        .regions = VFU_REGIONS,
        .irqs = VFU_IRQS,
    };
    reply_put(reply, &info, sizeof(info));
    return 0;
}

/* 0 or a negative errno, for the client. */
static int answer(struct session *session, struct message *message, struct reply *reply) {
    switch (message->header.command) {
    case VFU_VERSION:
        return agree(session, message, reply);
    case VFU_DMA_MAP:
        return map(session, message);
    case VFU_DMA_UNMAP:
        return unmap(session, message, reply);
    case VFU_GET_INFO:
        return tell_of_device(message, reply);
    case VFU_GET_REGION_INFO:
        return regions_info(&session->regions, message, reply);
    case VFU_GET_IRQ_INFO:
        return irqs_info(message, reply);
    case VFU_SET_IRQS:
        return irqs_set(&session->irqs, message);
    case VFU_REGION_READ:
        return regions_read(&session->regions, message, reply);
    case VFU_REGION_WRITE:
        return regions_write(&session->regions, message, reply);
    case VFU_DEVICE_RESET:
        reset(session);
        return 0;
    default:
        return -ENOTSUP;
    }
}

/* One message. False: the client is to be left. */
static bool serve(struct session *session) {
    struct message *message = &session->message;
    struct reply *reply = &session->reply;
    if (message_receive(&session->link, message) != 0) {
        return false;
    }
    reply->length = 0;
    reply->fd = NO_FD;
    const bool is_first = !session->has_version;
    const int code = is_first && message->header.command != VFU_VERSION
                         ? -EPROTO
                         : answer(session, message, reply);
    message_release(message);
    const bool is_sent = message_reply(&session->link, message, reply, code) == 0;
    return is_sent && session->has_version && !dma_is_broken(&session->dma);
}

void session_run(struct session *session) {
    session->has_version = false;
    if (bar_lend_doorbells(&session->regions.bar) == 0) {
        while (serve(session)) {
        }
    }
    reset(session);
    irqs_close(&session->irqs);
    dma_close(&session->dma);
    bar_take_doorbells(&session->regions.bar);
}
