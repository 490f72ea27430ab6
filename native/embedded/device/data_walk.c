/* SPDX-License-Identifier: Apache-2.0 */

#include "device/data_walk.h"

#include <assert.h>

#include "device/vanishing.h"

bool list_reader_next(struct list_reader *reader, uint64_t *word) {
    assert(reader->at % sizeof(*word) == 0);
    if (reader->page.address == NULL) {
        reader->page = iova_find(reader->iova, reader->at & ~(uint64_t)NVME_PAGE_MASK);
        if (reader->page.address == NULL) {
            return false;
        }
    }
    const uint8_t *from = reader->page.address + (reader->at & NVME_PAGE_MASK);
    if (!host_read(word, from, sizeof(*word), reader->page.may_vanish)) {
        return false;
    }
    reader->at += sizeof(*word);
    if ((reader->at & NVME_PAGE_MASK) == 0) {
        reader->page.address = NULL;
    }
    return true;
}
