/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a drive's blocks may hold after a power cut, told from what its host has seen alone. It is written
 * from the rules, and shares no code with the controller:
 *
 * Durable are writes that a Flush covers, as the host consumed their completions before it submitted the
 * Flush; those with FUA, or submitted while the cache was off, that completed; what a FUA Read or Compare
 * returned; and all that completed, once a shutdown is complete. A block never holds what is earlier
 * than something durable. One write is earlier than another if its completion was consumed before the
 * other was submitted. A write in flight is there as a whole or not at all, if it is no more than the unit
 * and in one stretch between boundaries.
 */
#ifndef CUT_MODEL_H
#define CUT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define MODEL_NAMESPACES 2
#define MODEL_BLOCKS 16 /* of each */
#define MODEL_OPS 200
#define MODEL_ALL_NAMESPACES UINT32_MAX

/* What a block holds is a number: 0 are zeroes, any other is one write's, in that block. */
typedef uint64_t model_image[MODEL_NAMESPACES][MODEL_BLOCKS];
#define MODEL_GARBAGE UINT64_MAX /* what nobody has written */

struct model_rules {
    uint64_t unit;    /* blocks */
    uint64_t stretch; /* blocks from boundary to boundary; 0: there are none */
    uint64_t first;   /* the first boundary */
    bool torn_is_anything;
};

enum model_kind { MODEL_WRITE, MODEL_FLUSH, MODEL_DURABLE_READ };

struct model_op {
    enum model_kind kind;
    uint32_t ns; /* from 0 */
    uint32_t lba;
    uint32_t blocks;
    uint64_t id;     /* of a write; 0: it writes zeroes */
    bool is_durable; /* a write, once it completes */
    uint64_t submitted;
    uint64_t consumed; /* UINT64_MAX: not yet */
    bool has_succeeded;
    uint64_t returned[MODEL_BLOCKS]; /* what a read has found */
};

struct model {
    struct model_rules rules;
    model_image before; /* that nothing was promised to replace */
    uint64_t now;
    unsigned count;
    bool is_shut_down;
    struct model_op ops[MODEL_OPS];
};

/* A command; returns its number. */
unsigned model_add(struct model *model, const struct model_op *op);
void model_submit(struct model *model, unsigned op);
void model_complete(struct model *model, unsigned op, bool has_succeeded);
void model_consume(struct model *model, unsigned op);

/* What a write makes of a block. */
uint64_t model_content(const struct model_op *write, uint32_t lba);
/* NULL: the drive may hold that now. Else what is wrong with it. */
const char *model_check(const struct model *model, model_image image);
void model_print(const struct model *model);
/* The drive goes on with that. */
void model_restart(struct model *model, model_image image);

#endif
