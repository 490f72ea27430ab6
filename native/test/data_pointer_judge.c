/* SPDX-License-Identifier: Apache-2.0 */

#include "data_pointer_judge.h"

#include <stddef.h>
#include <string.h>

enum { PAGE_BYTES = 4096, DESCRIPTORS_MAX = 65536 };
enum { DATA_BLOCK = 0, BIT_BUCKET = 1, SEGMENT = 2, LAST_SEGMENT = 3 };

uint32_t judge_error_of(uint16_t status) {
    switch (status) {
    case 0x04:
        return JUDGE_TRANSFER_ERROR;
    case 0x0d:
        return JUDGE_SEGMENT_DESCRIPTOR;
    case 0x0e:
        return JUDGE_DESCRIPTOR_NUMBER;
    case 0x0f:
        return JUDGE_DATA_LENGTH;
    case 0x11:
        return JUDGE_DESCRIPTOR_TYPE;
    case 0x13:
        return JUDGE_PRP_OFFSET;
    case 0x1e:
        return JUDGE_BLOCK_GRANULARITY;
    default:
        return 0;
    }
}

static uint8_t *memory_at(const struct judge_case *given, uint64_t address) {
    for (uint32_t i = 0; i < given->page_count; i++) {
        if (given->pages[i].iova == address / PAGE_BYTES * PAGE_BYTES) {
            return given->pages[i].memory + address % PAGE_BYTES;
        }
    }
    return NULL;
}

static bool word_at(const struct judge_case *given, uint64_t address, uint64_t *word) {
    const uint8_t *memory = memory_at(given, address);
    if (memory == NULL) {
        return false;
    }
    memcpy(word, memory, sizeof(*word));
    return true;
}

static void add_piece(struct judgement *judgement, uint8_t *memory, uint64_t length) {
    judgement->pieces[judgement->count++] = (struct judge_piece){memory, (uint32_t)length};
}

/* ---- PRPs ---- */

/*
 * The entries after PRP1, one by one: `*at` is where the next one is in the list. The last slot of a
 * page of the list holds an entry only where that is the last one of all; else where the list goes on.
 */
static uint32_t next_in_list(const struct judge_case *given, uint64_t *at, uint64_t pages_left,
                             uint64_t *entry) {
    const bool is_last_slot = *at % PAGE_BYTES == PAGE_BYTES - 8;
    if (!word_at(given, *at, entry)) {
        return JUDGE_TRANSFER_ERROR;
    }
    *at += 8;
    if (!is_last_slot || pages_left == 1) {
        return 0;
    }
    if (*entry % PAGE_BYTES != 0) {
        return JUDGE_PRP_OFFSET;
    }
    *at = *entry + 8;
    return word_at(given, *entry, entry) ? 0 : JUDGE_TRANSFER_ERROR;
}

static uint64_t smaller(uint64_t left, uint64_t right) {
    return left < right ? left : right;
}

static uint32_t judge_page(const struct judge_case *given, struct judgement *judgement,
                           uint64_t address, uint64_t length) {
    uint8_t *memory = memory_at(given, address);
    add_piece(judgement, memory, length);
    return memory == NULL ? JUDGE_TRANSFER_ERROR : 0;
}

static uint32_t judge_prps(const struct judge_case *given, struct judgement *judgement) {
    const uint64_t first = smaller(given->length, PAGE_BYTES - given->dptr[0] % PAGE_BYTES);
    uint64_t left = given->length - first;
    const uint64_t pages = (left + PAGE_BYTES - 1) / PAGE_BYTES; /* after the first */
    const bool has_list = pages > 1;
    uint32_t errors = given->dptr[0] % 4 != 0 ? JUDGE_PRP_OFFSET : 0;
    errors |= has_list && given->dptr[1] % 8 != 0 ? JUDGE_PRP_OFFSET : 0;
    /* Both are in the command, so that either may be looked at first. */
    errors |= judge_page(given, judgement, given->dptr[0], first);
    uint64_t at = given->dptr[1];
    for (uint64_t i = 0; i < pages && errors == 0; i++) {
        uint64_t entry = given->dptr[1];
        errors = has_list ? next_in_list(given, &at, pages - i, &entry) : 0;
        if (errors == 0 && entry % PAGE_BYTES != 0) {
            errors = JUDGE_PRP_OFFSET;
        }
        if (errors == 0) {
            const uint64_t length = smaller(left, PAGE_BYTES);
            errors = judge_page(given, judgement, entry, length);
            left -= length;
        }
    }
    return errors;
}

/* ---- SGLs ---- */

struct sgl {
    const struct judge_case *given;
    struct judgement *judgement;
    uint64_t left;         /* bytes of the transfer */
    uint32_t descriptors;  /* seen */
    uint64_t segment;      /* where the next descriptor is */
    uint64_t segment_left; /* descriptors in it */
    bool in_last;          /* SGL1 that holds data counts as one */
};

static uint32_t judge_data(struct sgl *sgl, uint64_t address, uint32_t length, bool is_bucket) {
    uint32_t errors = 0;
    if (!is_bucket && sgl->given->dword_only && (address % 4 != 0 || length % 4 != 0)) {
        errors |= JUDGE_BLOCK_GRANULARITY;
    }
    /* A segment that isn't the last one ends with the address of the next. */
    if (sgl->segment_left == 0 && !sgl->in_last) {
        errors |= JUDGE_SEGMENT_DESCRIPTOR;
    }
    uint64_t counted = is_bucket && sgl->given->from_host ? 0 : length;
    if (counted > sgl->left) {
        errors |= JUDGE_DATA_LENGTH;
        counted = sgl->left; /* pages beyond that may be looked at or not */
    }
    sgl->left -= counted;
    while (counted > 0) {
        const uint64_t part = smaller(counted, PAGE_BYTES - address % PAGE_BYTES);
        uint8_t *memory = is_bucket ? NULL : memory_at(sgl->given, address);
        errors |= !is_bucket && memory == NULL ? JUDGE_TRANSFER_ERROR : 0;
        add_piece(sgl->judgement, memory, part);
        address += part;
        counted -= part;
    }
    return errors;
}

static uint32_t judge_segment(struct sgl *sgl, uint64_t address, uint32_t length, bool is_last) {
    uint32_t errors = 0;
    if (sgl->in_last) {
        errors |= JUDGE_SEGMENT_DESCRIPTOR;
    }
    if (sgl->segment_left != 0) {
        errors |= JUDGE_DESCRIPTOR_NUMBER;
    }
    if (length == 0 || length % 16 != 0 || address % 8 != 0) {
        errors |= JUDGE_SEGMENT_DESCRIPTOR;
    }
    sgl->segment = address;
    sgl->segment_left = length / 16;
    sgl->in_last = is_last;
    return errors;
}

static uint32_t judge_descriptor(struct sgl *sgl, uint64_t address, uint64_t rest) {
    const uint32_t length = (uint32_t)rest;
    const uint32_t type = (uint32_t)(rest >> 60);
    if ((rest >> 56 & 15) != 0) {
        return JUDGE_DESCRIPTOR_TYPE; /* only subtype 0h, an address */
    }
    if (++sgl->descriptors > DESCRIPTORS_MAX) {
        return JUDGE_DESCRIPTOR_NUMBER; /* more than any controller takes */
    }
    switch (type) {
    case DATA_BLOCK:
    case BIT_BUCKET:
        return judge_data(sgl, address, length, type == BIT_BUCKET);
    case SEGMENT:
    case LAST_SEGMENT:
        return judge_segment(sgl, address, length, type == LAST_SEGMENT);
    default:
        return JUDGE_DESCRIPTOR_TYPE;
    }
}

static uint32_t judge_sgl(const struct judge_case *given, struct judgement *judgement) {
    const uint64_t type = given->dptr[1] >> 60;
    struct sgl sgl = {.given = given,
                      .judgement = judgement,
                      .left = given->length,
                      .in_last = type == DATA_BLOCK || type == BIT_BUCKET};
    uint32_t errors = judge_descriptor(&sgl, given->dptr[0], given->dptr[1]);
    while (errors == 0 && sgl.segment_left > 0) {
        uint64_t address;
        uint64_t rest;
        /* The two halves may be in two pages. */
        if (!word_at(given, sgl.segment, &address) || !word_at(given, sgl.segment + 8, &rest)) {
            return JUDGE_TRANSFER_ERROR;
        }
        sgl.segment += 16;
        sgl.segment_left--;
        errors = judge_descriptor(&sgl, address, rest);
    }
    return errors != 0 || sgl.left == 0 ? errors : JUDGE_DATA_LENGTH;
}

void judge(const struct judge_case *given, struct judgement *judgement) {
    judgement->count = 0;
    judgement->errors = given->is_sgl ? judge_sgl(given, judgement) : judge_prps(given, judgement);
}
