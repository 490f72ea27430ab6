/* SPDX-License-Identifier: Apache-2.0 */

/* The key faults of a transport id: what goes wrong, and when. */
#ifndef EMBEDDED_CONFIG_FAULTS_H
#define EMBEDDED_CONFIG_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "config_effect.h"
#include "transport.h"

#define CONFIG_FAULTS_MAX 16
#define CONFIG_FAULT_ANY_OPCODE (-1)
#define CONFIG_FAULT_ENABLING (-2) /* no command: the controller is enabled */
/* Blocks of a range that is unreadable until it is rewritten. */
#define CONFIG_FAULT_REWRITTEN_MAX 65536

/*
 * faults:RULE;RULE;... where a rule is an opcode and words: read,lba=100+8,times=2,fails=281
 * The first rule that a command meets is what happens to it. Fused commands meet none. Of the opcode
 * enable are rules of the controller's being enabled (CC.EN), the first, second, ... time.
 */
struct config_fault {
    /* When. */
    int opcode; /* enable, any, read, write, compare, write-zeroes, deallocate, flush, or 0x.. */
    uint64_t first_lba; /* lba=FIRST+COUNT: of commands of namespace 1 that touch one of these */
    uint64_t blocks;    /* 0: any */
    uint64_t command;   /* command=N: the queue's Nth I/O command, from 1; 0: any */
    uint64_t one_in;    /* one-in=N: of those that are meant so far; 1: each */
    uint64_t times;     /* times=N: of each queue; 0: always */
    uint64_t after;     /* after=N: once so many that are meant have gone before in the queue */
    /* What. */
    uint16_t status;   /* fails=SCT and SC, hexadecimal; 0: doesn't fail */
    bool do_not_retry; /* dnr */
    bool
        until_rewritten; /* until-rewritten: fails as long as a block of the range was not written */
    bool is_stuck;       /* stuck: not executed until it is aborted */
    uint64_t slow_ns;    /* slow=10ms: takes that long */
    bool cuts_power; /* cuts-power: executed, and ends nowhere; once in each queue, without times */
    struct config_effect effect;
};

struct config_faults {
    unsigned count;
    struct config_fault rules[CONFIG_FAULTS_MAX];
};

/* Whether a rule has that effect. */
static inline bool config_faults_have(const struct config_faults *faults,
                                      enum config_effect_kind kind) {
    bool have = false;
    for (unsigned i = 0; i < faults->count; i++) {
        have |= faults->rules[i].effect.kind == kind;
    }
    return have;
}

/* Whether a rule wants it to be known what blocks held before. */
static inline bool config_faults_watch_blocks(const struct config_faults *faults) {
    bool watch = false;
    for (unsigned i = 0; i < faults->count; i++) {
        watch |=
            faults->rules[i].cuts_power || config_effect_is_of_medium(faults->rules[i].effect.kind);
    }
    return watch;
}

/* 0, or -EINVAL with a text that names the word and says why. */
int config_faults_parse(const char *transport_id, struct config_faults *faults,
                        struct n4j_error *error);

#endif
