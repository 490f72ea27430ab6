/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A drive whose power can be cut, and a host that submits, looks at completions, and consumes them, each
 * at moments of its own choice, and tells a model (cut_model.h).
 */
#ifndef CUT_RIG_H
#define CUT_RIG_H

#include "bare_device.h"
#include "cut_model.h"
#include "nvme4j.h"

#define CUT_QUEUES 3
#define CUT_ENTRIES 9
#define CUT_BLOCK 512

struct cut_queue {
    struct bare_queue rings;
    uint32_t rung;                /* the tail, as the doorbell has it */
    uint32_t seen;                /* up to where completions were looked at; rings.head: consumed */
    uint8_t *data[CUT_ENTRIES];   /* a page pair for each command */
    uint64_t iovas[CUT_ENTRIES];  /*   */
    bool is_used[CUT_ENTRIES];    /* CIDs */
    unsigned ops[CUT_ENTRIES];    /* of the model, by CID */
    unsigned queued[CUT_ENTRIES]; /* by place in the submission queue */
    uint16_t order[CUT_ENTRIES];  /* CIDs by place in the completion queue */
};

struct cut_rig {
    n4j_drive *drive;
    struct bare_device bare;
    struct cut_queue queues[CUT_QUEUES];
    struct model model;
    uint64_t next_id; /* of writes */
    bool has_cache;
    bool is_cached; /* WCE */
};

/* Opens a drive with these keys and two namespaces. */
void cut_rig_open(struct cut_rig *rig, const char *keys, const struct model_rules *rules);
void cut_rig_close(struct cut_rig *rig);

/* All return false where the queue is full. They are not submitted yet. */
bool cut_rig_write(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks,
                   bool fua);
/* Write Zeroes, or Dataset Management. */
bool cut_rig_zero(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks,
                  bool deallocate);
bool cut_rig_flush(struct cut_rig *rig, unsigned queue, uint32_t ns);
bool cut_rig_read(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba, uint32_t blocks);
/* Compares one block with what is there, by the last write to it. */
bool cut_rig_compare(struct cut_rig *rig, unsigned queue, uint32_t ns, uint32_t lba);

/* Rings the doorbell and has the controller run. */
void cut_rig_submit(struct cut_rig *rig, unsigned queue);
/* Looks at completions. */
void cut_rig_look(struct cut_rig *rig, unsigned queue);
/* Consumes up to so many of those that were looked at. */
void cut_rig_consume(struct cut_rig *rig, unsigned queue, unsigned count);
void cut_rig_set_cache(struct cut_rig *rig, bool is_on);
void cut_rig_shut_down(struct cut_rig *rig);
/* Controller Reset: nobody hears of what is in flight. */
void cut_rig_reset(struct cut_rig *rig);

/* Cuts power, powers on, and reads everything. What the host finds of completions counts. */
void cut_rig_cut(struct cut_rig *rig, model_image image);

#endif
