/* SPDX-License-Identifier: Apache-2.0 */

/* What blocks of a namespace held before they were last written, for reads that are stale. */
#ifndef EMBEDDED_DEVICE_EARLIER_H
#define EMBEDDED_DEVICE_EARLIER_H

#include "device/undecided.h"

/* Of each block its content, and whether there is one: 0 or 1. Not there until something is written. */
struct earlier {
    uint8_t *blocks;
    uint64_t size;
};

/* A range is about to be written. */
void earlier_keep(struct earlier *earlier, struct namespace *ns, uint64_t lba, uint64_t blocks);
/* Has the medium hold it, of the blocks that were written since the drive was opened. */
void earlier_show(const struct earlier *earlier, struct namespace *ns, uint64_t lba,
                  uint64_t blocks);
void earlier_close(struct earlier *earlier);

#endif
