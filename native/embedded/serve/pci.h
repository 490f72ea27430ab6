/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The PCI configuration space of the controller, and the table of MSI-X, as far as software that looks
 * at a device wants to find them. It is the client that delivers interrupts.
 */
#ifndef EMBEDDED_SERVE_PCI_H
#define EMBEDDED_SERVE_PCI_H

#include <stddef.h>
#include <stdint.h>

#define PCI_CONFIG_SIZE 0x1000u
#define PCI_MSIX_SIZE 0x1000u /* of the table's region, and of the pending bits' */

struct pci {
    uint8_t config[PCI_CONFIG_SIZE];
    uint8_t writable[PCI_CONFIG_SIZE]; /* bits of these */
    uint8_t msix_table[PCI_MSIX_SIZE];
    uint8_t msix_pending[PCI_MSIX_SIZE]; /* none ever is */
};

/* As after power on. */
void pci_reset(struct pci *pci);

void pci_write_config(struct pci *pci, uint64_t offset, const void *from, size_t size);

#endif
