/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the walks over PRPs (prp.c) and SGLs (sgl.c) have in common: what they know of a command, where
 * they are, and how they read lists.
 */
#ifndef EMBEDDED_DEVICE_DATA_WALK_H
#define EMBEDDED_DEVICE_DATA_WALK_H

#include <stdbool.h>
#include <sys/uio.h>

#include "iova_table.h"

/* What the controller says of SGLs in Identify Controller. */
enum sgl_support { SGL_UNSUPPORTED, SGL_DWORD, SGL_BYTE };

enum data_direction { DATA_TO_HOST, DATA_FROM_HOST };

/* Bits that are 0 in the address of a dword, and of a qword. */
#define DWORD_MASK 3u
#define QWORD_MASK 7u

/* The next 64-bit word of a list, and the page of memory that it is in. */
struct list_reader {
    const struct iova_table *iova;
    uint64_t at;
    struct iova_memory page; /* no address: to be looked up */
};

struct prp_walk {
    struct list_reader list;
    uint64_t next; /* the next data page's address */
    uint64_t prp2;
    bool has_list;
};

struct sgl_walk {
    struct list_reader segment;
    uint64_t left;        /* descriptors left in the segment */
    uint64_t block;       /* the rest of the data block, address and bytes */
    uint32_t block_left;  /*   */
    uint32_t descriptors; /* seen so far */
    bool is_last;         /* the segment is the last one */
    bool is_bucket;       /* the data block is a bit bucket */
    bool dword_only;
    bool ignore_buckets; /* they discard what the controller sends, not what it takes */
    uint8_t *sink;       /* a page that takes what goes to a bit bucket */
};

struct data_pointer {
    const struct iova_table *iova;
    uint64_t remaining; /* bytes of the transfer that were not handed out yet */
    bool is_sgl;
    bool may_vanish; /* some of what was handed out */
    union {
        struct prp_walk prp;
        struct sgl_walk sgl;
    };
};

/* What a walk needs to know. */
struct data_request {
    const struct iova_table *iova;
    const struct nvme_sqe *sqe;
    uint64_t length;
    enum data_direction direction;
    enum sgl_support sgl_support;
    uint8_t *sink; /* NVME_PAGE_SIZE bytes for what goes to a bit bucket */
};

/*
 * The two walks. All return enum nvme_status. The next piece is within one page. prp_next is for as long
 * as something remains; length 0 from sgl_next is the end.
 */
uint16_t prp_begin(struct data_pointer *pointer, const struct nvme_sqe *sqe);
uint16_t prp_next(struct data_pointer *pointer, struct iovec *piece);
uint16_t sgl_begin(struct data_pointer *pointer, const struct data_request *request);
uint16_t sgl_next(struct data_pointer *pointer, struct iovec *piece);

/* Whether a PRP1 may begin there, and so many bytes, 1 or more, need no other entry. */
static inline bool prp_is_in_page(uint64_t prp1, uint64_t length) {
    const uint64_t offset = prp1 & NVME_PAGE_MASK;
    return (prp1 & DWORD_MASK) == 0 && length > 0 && length <= NVME_PAGE_SIZE - offset;
}

/* The memory at an IOVA, noting what kind it is; NULL where there is none. */
static inline void *data_pointer_memory(struct data_pointer *pointer, uint64_t iova) {
    const struct iova_memory memory = iova_find(pointer->iova, iova);
    if (memory.may_vanish) {
        pointer->may_vanish = true;
    }
    return memory.address;
}

static inline void list_reader_seek(struct list_reader *reader, uint64_t iova) {
    reader->at = iova;
    reader->page.address = NULL;
}

/* Reads a 64-bit word, which is 64-bit aligned, so within one page. False where there is no memory. */
bool list_reader_next(struct list_reader *reader, uint64_t *word);

#endif
