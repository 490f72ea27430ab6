/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the vfio-user protocol, version 0.1, says, as far as it is used here. Its structures are those of
 * Linux's VFIO.
 */
#ifndef EMBEDDED_SERVE_PROTOCOL_H
#define EMBEDDED_SERVE_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define VFU_MAJOR 0
#define VFU_MINOR 1

enum vfu_command {
    VFU_VERSION = 1,
    VFU_DMA_MAP = 2,
    VFU_DMA_UNMAP = 3,
    VFU_GET_INFO = 4,
    VFU_GET_REGION_INFO = 5,
    VFU_GET_IRQ_INFO = 7,
    VFU_SET_IRQS = 8,
    VFU_REGION_READ = 9,
    VFU_REGION_WRITE = 10,
    VFU_DEVICE_RESET = 13,
};

struct vfu_header {
    uint16_t id;
    uint16_t command;
    uint32_t size; /* with the header */
    uint32_t flags;
    uint32_t error; /* errno */
};
static_assert(sizeof(struct vfu_header) == 16, "as on the wire");

#define VFU_TYPE_MASK 0xfu
#define VFU_TYPE_COMMAND 0u
#define VFU_TYPE_REPLY 1u
#define VFU_NO_REPLY 0x10u
#define VFU_ERROR 0x20u

struct vfu_version {
    uint16_t major;
    uint16_t minor;
};

struct vfu_dma_map {
    uint32_t argsz;
    uint32_t flags;
    uint64_t offset; /* in the file */
    uint64_t iova;
    uint64_t size;
};
static_assert(sizeof(struct vfu_dma_map) == 32, "as on the wire");

#define VFU_DMA_READ 1u
#define VFU_DMA_WRITE 2u

struct vfu_dma_unmap {
    uint32_t argsz;
    uint32_t flags;
    uint64_t iova;
    uint64_t size;
};
static_assert(sizeof(struct vfu_dma_unmap) == 24, "as on the wire");

#define VFU_UNMAP_ALL 2u

struct vfu_device_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t regions;
    uint32_t irqs;
};

#define VFU_DEVICE_RESETS 1u
#define VFU_DEVICE_PCI 2u

/* Indices of regions and interrupts, of a PCI device. */
#define VFU_REGION_BAR0 0
#define VFU_REGION_BAR4 4
#define VFU_REGION_BAR5 5
#define VFU_REGION_CONFIG 7
#define VFU_REGIONS 9
#define VFU_IRQ_MSIX 2
#define VFU_IRQS 5

struct vfu_region_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t capability; /* offset of the first, or 0 */
    uint64_t size;
    uint64_t offset; /* in the file */
};
static_assert(sizeof(struct vfu_region_info) == 32, "as on the wire");

#define VFU_REGION_READABLE 1u
#define VFU_REGION_WRITABLE 2u
#define VFU_REGION_MAPPABLE 4u
#define VFU_REGION_CAPABILITIES 8u

/* The capability that says which parts can be mapped; here always one. */
struct vfu_sparse {
    uint16_t id; /* VFU_SPARSE */
    uint16_t version;
    uint32_t next;
    uint32_t areas;
    uint32_t reserved;
    uint64_t offset;
    uint64_t size;
};
static_assert(sizeof(struct vfu_sparse) == 32, "as on the wire");

#define VFU_SPARSE 1

struct vfu_irq_info {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t count;
};

#define VFU_IRQ_EVENTFD 1u
#define VFU_IRQ_NORESIZE 8u

struct vfu_irq_set {
    uint32_t argsz;
    uint32_t flags;
    uint32_t index;
    uint32_t start;
    uint32_t count;
};
static_assert(sizeof(struct vfu_irq_set) == 20, "as on the wire");

#define VFU_SET_DATA_NONE 1u
#define VFU_SET_DATA_BOOL 2u
#define VFU_SET_DATA_EVENTFD 4u
#define VFU_SET_TRIGGER 0x20u

struct vfu_region_access {
    uint64_t offset;
    uint32_t region;
    uint32_t count;
};
static_assert(sizeof(struct vfu_region_access) == 16, "as on the wire");

#endif
