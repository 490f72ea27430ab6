/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a data pointer means, by the specification (Base, "Physical Region Page Entry and List",
 * "Scatter Gather List"): the pieces of memory that it names, in order, or the statuses that a
 * controller may end the command with. Shares nothing with the controller.
 */
#ifndef DATA_POINTER_JUDGE_H
#define DATA_POINTER_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#define JUDGE_PIECES_MAX 131072u

/* Memory that the controller reaches, page by page. */
struct judge_page {
    uint64_t iova;
    uint8_t *memory;
};

struct judge_piece {
    uint8_t *memory; /* NULL: a bit bucket */
    uint32_t length;
};

struct judge_case {
    const struct judge_page *pages;
    uint32_t page_count;
    bool is_sgl;
    bool from_host;  /* Write, Compare; else Read */
    bool dword_only; /* SGLS */
    uint64_t dptr[2];
    uint64_t length;
};

/* Bits of `errors`. */
enum judge_error {
    JUDGE_TRANSFER_ERROR = 1,     /* 004h Data Transfer Error */
    JUDGE_SEGMENT_DESCRIPTOR = 2, /* 00Dh Invalid SGL Segment Descriptor */
    JUDGE_DESCRIPTOR_NUMBER = 4,  /* 00Eh Invalid Number of SGL Descriptors */
    JUDGE_DATA_LENGTH = 8,        /* 00Fh Data SGL Length Invalid */
    JUDGE_DESCRIPTOR_TYPE = 16,   /* 011h SGL Descriptor Type Invalid */
    JUDGE_PRP_OFFSET = 32,        /* 013h PRP Offset Invalid */
    JUDGE_BLOCK_GRANULARITY = 64, /* 01Eh SGL Data Block Granularity Invalid */
};

struct judgement {
    uint32_t errors; /* 0: good. Else those of the first place where something is wrong */
    uint32_t count;
    struct judge_piece pieces[JUDGE_PIECES_MAX];
};

void judge(const struct judge_case *given, struct judgement *judgement);
/* The bit of a status code (SCT and SC), or 0. */
uint32_t judge_error_of(uint16_t status);

#endif
