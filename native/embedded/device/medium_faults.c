/* SPDX-License-Identifier: Apache-2.0 */

#include "device/medium_faults.h"

#include <stdlib.h>
#include <string.h>

#include "device/drive.h"
#include "device/protection.h"
#include "device/watch.h"

static uint32_t content_size(const struct namespace *ns) {
    return ns->block_size + ns->metadata_size;
}

static bool is_of_writes(enum config_effect_kind kind) {
    return kind == EFFECT_LOSES || kind == EFFECT_MISDIRECTS;
}

static bool is_of_reads(enum config_effect_kind kind) {
    return kind == EFFECT_STALE || kind == EFFECT_ROTS || kind == EFFECT_ROTS_UNSEEN;
}

/* Whether it can go wrong so with the command. */
static bool is_meant(const struct nvme_sqe *sqe, enum config_effect_kind kind) {
    return (is_of_writes(kind) && (sqe->opc == NVME_WRITE || sqe->opc == NVME_WRITE_ZEROES)) ||
           (is_of_reads(kind) && (sqe->opc == NVME_READ || sqe->opc == NVME_COMPARE));
}

/* By the command's number, as whether it goes wrong at all. */
static uint64_t draw(const struct device *device, const struct fault *fault) {
    uint64_t number = device->drive->config.seed + fault->command * 0x9e3779b97f4a7c15;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

static bool copy_out(struct namespace *ns, uint64_t lba, uint64_t blocks, uint8_t *to) {
    uint16_t status = NVME_SUCCESS;
    for (uint64_t i = 0; i < blocks && status == NVME_SUCCESS; i++) {
        status = undecided_read(ns, lba + i, to + i * content_size(ns));
    }
    return status == NVME_SUCCESS;
}

static void copy_in(struct namespace *ns, uint64_t lba, uint64_t blocks, const uint8_t *from) {
    for (uint64_t i = 0; i < blocks; i++) {
        undecided_write_back(ns, lba + i, from + i * content_size(ns));
    }
}

/* Blocks of which none is the command's, where the namespace has as many. */
static uint64_t other_place(const struct medium_fault *medium, uint64_t random) {
    const uint64_t places = medium->ns->blocks / medium->blocks;
    const uint64_t own = medium->lba / medium->blocks;
    return places < 4 ? medium->lba : (own + 2 + random % (places - 3)) % places * medium->blocks;
}

/* On the medium, protection information is kept inverted. */
static void invert(const struct namespace *ns, uint8_t *metadata) {
    for (uint32_t i = 0; i < NVME_PROTECTION_SIZE; i++) {
        metadata[protection_offset(ns) + i] ^= 0xff;
    }
}

static void rot(const struct medium_fault *medium, uint64_t random) {
    struct namespace *ns = medium->ns;
    const uint64_t block = random % medium->blocks;
    const uint64_t bit = (random >> 32) % (8ull * ns->block_size);
    uint8_t content[4096 + CONFIG_METADATA_MAX];
    memcpy(content, medium->kept + block * content_size(ns), content_size(ns));
    content[bit / 8] ^= (uint8_t)(1u << bit % 8);
    if (medium->kind == EFFECT_ROTS_UNSEEN && ns->protection_type != 0) {
        invert(ns, content + ns->block_size);
        protection_mend_guard(ns, content, content + ns->block_size);
        invert(ns, content + ns->block_size);
    }
    undecided_write_back(ns, medium->lba + block, content);
}

static void begin(struct medium_fault *medium, struct device *device, uint64_t random) {
    switch (medium->kind) {
    case EFFECT_MISDIRECTS:
        medium->target = other_place(medium, random);
        watch_range(device->watch, medium->ns, medium->target, medium->blocks);
        break;
    case EFFECT_STALE:
        watch_show_earlier(device->watch, medium->ns, medium->lba, medium->blocks);
        break;
    case EFFECT_ROTS:
    case EFFECT_ROTS_UNSEEN:
        rot(medium, random);
        break;
    default:
        break;
    }
}

void medium_fault_begin(struct medium_fault *medium, struct device *device,
                        const struct nvme_sqe *sqe, const struct fault *fault) {
    struct namespace *ns = device_namespace(device, sqe->nsid);
    const uint64_t lba = NVME_SLBA(sqe);
    const uint64_t blocks = NVME_NLB(sqe->cdw12);
    *medium = (struct medium_fault){.lba = lba, .blocks = blocks, .kind = fault->effect.kind};
    if (!is_meant(sqe, medium->kind) || ns == NULL || lba > ns->blocks ||
        blocks > ns->blocks - lba) {
        return;
    }
    medium->kept = malloc(blocks * content_size(ns));
    if (medium->kept == NULL || !copy_out(ns, lba, blocks, medium->kept)) {
        free(medium->kept);
        return;
    }
    medium->ns = ns;
    begin(medium, device, draw(device, fault));
}

void medium_fault_end(struct medium_fault *medium) {
    struct namespace *ns = medium->ns;
    if (ns == NULL) {
        return;
    }
    uint8_t *written =
        medium->kind == EFFECT_MISDIRECTS ? malloc(medium->blocks * content_size(ns)) : NULL;
    const bool moves = written != NULL && copy_out(ns, medium->lba, medium->blocks, written);
    copy_in(ns, medium->lba, medium->blocks, medium->kept);
    if (moves) {
        copy_in(ns, medium->target, medium->blocks, written);
    }
    free(written);
    free(medium->kept);
}
