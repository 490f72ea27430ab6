/* SPDX-License-Identifier: Apache-2.0 */

#include "serve/pci.h"

#include <string.h>

#include "connection.h"

/* PCI Local Bus Specification, "Configuration Space", and those of the capabilities. */
#define VENDOR 0x00
#define DEVICE 0x02
#define COMMAND 0x04
#define STATUS 0x06
#define CLASS_CODE 0x09
#define CACHE_LINE_SIZE 0x0c
#define BAR0 0x10
#define BAR4 0x20
#define BAR5 0x24
#define SUBSYSTEM_VENDOR 0x2c
#define CAPABILITIES 0x34
#define INTERRUPT_LINE 0x3c

#define COMMAND_WRITABLE 0x0546u /* memory, bus master, parity, SERR, interrupts off */
#define STATUS_CAPABILITIES 0x10u
#define CLASS_NVME 0x010802u
#define BAR_64_BIT 4u

#define POWER_MANAGEMENT 0x40u
#define EXPRESS 0x50u
#define MSIX 0x90u
#define POWER_MANAGEMENT_ID 0x01u
#define EXPRESS_ID 0x10u
#define MSIX_ID 0x11u
#define POWER_MANAGEMENT_VERSION 3u
#define POWER_NO_SOFT_RESET 0x8u
#define POWER_STATE 0x3u
#define EXPRESS_ENDPOINT_V2 0x0002u
#define EXPRESS_FUNCTION_ERRORS 0x8000u  /* role-based error reporting */
#define EXPRESS_CONTROL_WRITABLE 0x78efu /* errors, sizes, relaxed ordering, no snoop */
#define EXPRESS_LINK 0x00000011u         /* one lane at 2.5 GT/s */
#define MSIX_CONTROL_WRITABLE 0xc000u    /* enable, function mask */
#define MSIX_TABLE_BAR 4u
#define MSIX_PENDING_BAR 5u

static void put(uint8_t *bytes, unsigned offset, unsigned size, uint32_t value) {
    memcpy(bytes + offset, &value, size);
}

static void put_header(struct pci *pci) {
    put(pci->config, VENDOR, 2, DEVICE_VENDOR_ID);
    put(pci->config, DEVICE, 2, 1);
    put(pci->config, STATUS, 2, STATUS_CAPABILITIES);
    put(pci->config, CLASS_CODE, 3, CLASS_NVME);
    put(pci->config, BAR0, 4, BAR_64_BIT);
    put(pci->config, SUBSYSTEM_VENDOR, 2, DEVICE_VENDOR_ID);
    put(pci->config, SUBSYSTEM_VENDOR + 2, 2, 1);
    put(pci->config, CAPABILITIES, 1, POWER_MANAGEMENT);
    put(pci->writable, COMMAND, 2, COMMAND_WRITABLE);
    put(pci->writable, CACHE_LINE_SIZE, 1, 0xff);
    put(pci->writable, BAR0, 4, ~(DEVICE_BAR_SIZE - 1));
    put(pci->writable, BAR0 + 4, 4, 0xffffffff);
    put(pci->writable, BAR4, 4, ~(PCI_MSIX_SIZE - 1));
    put(pci->writable, BAR5, 4, ~(PCI_MSIX_SIZE - 1));
    put(pci->writable, INTERRUPT_LINE, 1, 0xff);
}

static void put_capabilities(struct pci *pci) {
    put(pci->config, POWER_MANAGEMENT, 4,
        POWER_MANAGEMENT_ID | EXPRESS << 8 | POWER_MANAGEMENT_VERSION << 16);
    put(pci->config, POWER_MANAGEMENT + 4, 2, POWER_NO_SOFT_RESET);
    put(pci->writable, POWER_MANAGEMENT + 4, 2, POWER_STATE);
    put(pci->config, EXPRESS, 4, EXPRESS_ID | MSIX << 8 | EXPRESS_ENDPOINT_V2 << 16);
    put(pci->config, EXPRESS + 4, 4, EXPRESS_FUNCTION_ERRORS);
    put(pci->writable, EXPRESS + 8, 2, EXPRESS_CONTROL_WRITABLE);
    put(pci->config, EXPRESS + 0x0c, 4, EXPRESS_LINK);
    put(pci->config, EXPRESS + 0x12, 2, EXPRESS_LINK);
    put(pci->config, MSIX, 4, MSIX_ID | (DEVICE_INTERRUPT_VECTORS - 1) << 16);
    put(pci->config, MSIX + 4, 4, MSIX_TABLE_BAR);
    put(pci->config, MSIX + 8, 4, MSIX_PENDING_BAR);
    put(pci->writable, MSIX + 2, 2, MSIX_CONTROL_WRITABLE);
}

static_assert(DEVICE_INTERRUPT_VECTORS * 16 <= PCI_MSIX_SIZE, "an entry of the table for each");

void pci_reset(struct pci *pci) {
    memset(pci, 0, sizeof(*pci));
    put_header(pci);
    put_capabilities(pci);
    for (unsigned i = 0; i < DEVICE_INTERRUPT_VECTORS; i++) {
        pci->msix_table[i * 16 + 12] = 1; /* masked */
    }
}

void pci_write_config(struct pci *pci, uint64_t offset, const void *from, size_t size) {
    for (size_t i = 0; i < size; i++) {
        const uint8_t mask = pci->writable[offset + i];
        const uint8_t kept = pci->config[offset + i] & (uint8_t)~mask;
        pci->config[offset + i] = (uint8_t)(kept | (((const uint8_t *)from)[i] & mask));
    }
}
