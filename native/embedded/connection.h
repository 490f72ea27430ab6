/* SPDX-License-Identifier: Apache-2.0 */

/* How a controller and its host are connected: what they know of each other before a word is said. */
#ifndef EMBEDDED_CONNECTION_H
#define EMBEDDED_CONNECTION_H

#include <stdbool.h>

#include "iova_table.h"

/* BAR0's size, a power of two: registers in the first page, doorbells behind them. */
#define DEVICE_BAR_SIZE 0x4000u
#define DEVICE_VENDOR_ID 0x344e               /* nobody's, as the PCI-SIG has assigned none: "N4" */
#define DEVICE_INTERRUPT_VECTORS IOVA_READERS /* one for each completion queue */

/* What a controller may have of those who connect it to its host. */
struct device_outside {
    void *
        bar; /* DEVICE_BAR_SIZE bytes, zeroed, aligned to pages; NULL: the controller has its own */
    bool polls; /* it looks at its doorbells in a thread of its own, whatever its mode */
    /* Sends an interrupt; called by the controller's thread alone. NULL: nobody takes any. */
    void (*interrupt)(void *context, unsigned vector);
    void *context;
};

#endif
