/* SPDX-License-Identifier: Apache-2.0 */

#define _GNU_SOURCE /* MAP_NORESERVE */

#include "device/earlier.h"

#include <sys/mman.h>

static uint64_t entry_size(const struct namespace *ns) {
    return (uint64_t)ns->block_size + ns->metadata_size + 1;
}

static bool open_room(struct earlier *earlier, const struct namespace *ns) {
    if (earlier->blocks != NULL) {
        return true;
    }
    const uint64_t size = ns->blocks * entry_size(ns);
    void *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room != MAP_FAILED) {
        *earlier = (struct earlier){room, size};
    }
    return room != MAP_FAILED;
}

void earlier_keep(struct earlier *earlier, struct namespace *ns, uint64_t lba, uint64_t blocks) {
    for (uint64_t i = 0; i < blocks && open_room(earlier, ns); i++) {
        uint8_t *entry = earlier->blocks + (lba + i) * entry_size(ns);
        entry[entry_size(ns) - 1] = undecided_read(ns, lba + i, entry) == NVME_SUCCESS;
    }
}

void earlier_show(const struct earlier *earlier, struct namespace *ns, uint64_t lba,
                  uint64_t blocks) {
    for (uint64_t i = 0; i < blocks && earlier->blocks != NULL; i++) {
        const uint8_t *entry = earlier->blocks + (lba + i) * entry_size(ns);
        if (entry[entry_size(ns) - 1] != 0) {
            undecided_write_back(ns, lba + i, entry);
        }
    }
}

void earlier_close(struct earlier *earlier) {
    if (earlier->blocks != NULL) {
        munmap(earlier->blocks, earlier->size);
    }
}
