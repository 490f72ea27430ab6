/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What of a drive's blocks is undecided: writes of which a power cut may leave nothing. The medium has
 * what was executed last; beside it there is, of each block that is undecided, what it held before and
 * what each such write has made of it. Nothing is kept of the other blocks. Callers have a lock.
 *
 * Of two writes the later is the one that was submitted after the other's completion was consumed; if
 * neither is, either may be last. A write is durable, block by block, once something has promised that.
 * Then what is earlier can't come back, and is forgotten.
 */
#ifndef EMBEDDED_DEVICE_UNDECIDED_H
#define EMBEDDED_DEVICE_UNDECIDED_H

#include "device/medium.h"

#define UNDECIDED_NEVER UINT64_MAX

enum undecided_state {
    UNDECIDED_EXECUTING,
    UNDECIDED_COMPLETED,
    UNDECIDED_CONSUMED, /* the host has consumed its completion */
    UNDECIDED_UNHEARD,  /* it has none, or one that the host can't consume any more */
};

/* A write of a range, or whatever else changes blocks. */
struct undecided_write {
    struct undecided_write *before; /* in the order in which they were executed */
    struct undecided_write *after;
    struct namespace *ns;
    uint64_t lba;
    uint32_t blocks;
    uint32_t versions;  /* of blocks, that are left */
    uint64_t submitted; /* when; times are numbers that callers count */
    uint64_t executed;
    uint64_t ended;      /* what is submitted from then on is later */
    uint64_t not_before; /* it is later than what had ended by then */
    uint64_t sequence;   /* counts writes as they are executed */
    uint64_t number;     /* of its completion in the queue, from 1 */
    uint16_t cqid;
    enum undecided_state state;
    bool has_failed;
    bool
        is_whole; /* a cut leaves all of it or nothing, unless the host has consumed its completion */
    bool tears;   /* a cut that may lose it cuts it off in its middle */
    bool is_hidden; /* it has failed, and the medium shows nothing of it */
    bool is_settled;
    bool is_durable_in_part; /* so that all of it is left, if it is whole */
};

/* What a block has been made. */
struct undecided_version {
    struct undecided_version *next;
    struct undecided_write *write; /* NULL: what is durable, and earlier than all writes */
    bool is_durable;
    uint8_t content[]; /* data and metadata */
};

struct undecided_block {
    struct undecided_block *next;
    struct namespace *ns;
    uint64_t lba;
    struct undecided_version *versions; /* in the order in which they were executed */
    struct undecided_version *shown;    /* what the medium has */
    uint8_t image[];                    /* room for what a cut leaves */
};

#define UNDECIDED_BUCKETS 4096

struct undecided {
    struct undecided_write *first;
    struct undecided_write *last;
    struct undecided_block *buckets[UNDECIDED_BUCKETS];
    uint32_t content_size;
    uint64_t writes;    /* ever */
    uint64_t bytes;     /* of versions */
    uint32_t completed; /* writes in that state */
};

/* A write is about to be executed. NULL: there is no room to keep what it changes. */
struct undecided_write *undecided_begin(struct undecided *undecided, struct namespace *ns,
                                        uint64_t lba, uint64_t blocks, uint64_t submitted);
/* It was: what the medium has now is its versions. Those of one that is hidden, it has no longer. */
void undecided_end(struct undecided *undecided, struct undecided_write *write);
/* It has its completion, or never will. Afterwards it may be gone. */
void undecided_release(struct undecided *undecided, struct undecided_write *write);

/* The blocks that a write has made are durable. Afterwards it may be gone. */
void undecided_settle(struct undecided *undecided, struct undecided_write *write);
/* What is submitted from now on is later. Afterwards it may be gone. */
void undecided_ended(struct undecided *undecided, struct undecided_write *write);
/* What the medium has of a range is durable, and later than all that ended before `time`. */
void undecided_settle_shown(struct undecided *undecided, struct namespace *ns, uint64_t lba,
                            uint64_t blocks, uint64_t time);
/* The same of a range, and of everything, without exceptions. */
void undecided_forget(struct undecided *undecided, const struct namespace *ns, uint64_t lba,
                      uint64_t blocks);
void undecided_forget_all(struct undecided *undecided);

/* NULL: it is not undecided. */
struct undecided_block *undecided_find(const struct undecided *undecided,
                                       const struct namespace *ns, uint64_t lba);
/* What a write has made of a block, or NULL. `write` NULL: what it held before. */
struct undecided_version *undecided_version(struct undecided_block *block,
                                            const struct undecided_write *write);

/* Data and metadata of a block on the medium. enum nvme_status */
uint16_t undecided_read(struct namespace *ns, uint64_t lba, uint8_t *content);
uint16_t undecided_write_back(struct namespace *ns, uint64_t lba, const uint8_t *content);

#endif
