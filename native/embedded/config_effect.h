/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The words of a fault's rule (config_faults.h) that say what goes wrong: with the completion of a
 * command, which is executed as if nothing were, with the medium, or with the controller, from that
 * command on.
 */
#ifndef EMBEDDED_CONFIG_EFFECT_H
#define EMBEDDED_CONFIG_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

enum config_effect_kind {
    EFFECT_NONE,
    /* Of the completion. */
    EFFECT_DROPPED,     /* dropped: it never comes */
    EFFECT_LATE,        /* late=10ms: it comes that long after the command was executed */
    EFFECT_LATE_BY,     /* late=3: it comes after so many more of the queue */
    EFFECT_TWICE,       /* twice */
    EFFECT_WRONG_CID,   /* wrong-cid=N */
    EFFECT_WRONG_SQHD,  /* wrong-sqhd=N */
    EFFECT_WRONG_PHASE, /* wrong-phase */
    /* Of the doorbell that brings the command: it is not seen. */
    EFFECT_DOORBELL_IGNORED, /* doorbell-ignored */
    /* Of the medium, whatever the command's status says. */
    EFFECT_LOSES,       /* loses: a write changes nothing */
    EFFECT_MISDIRECTS,  /* misdirects: it changes other blocks of the namespace instead */
    EFFECT_STALE,       /* stale: a read returns what was there before the last write */
    EFFECT_ROTS,        /* rots: a read finds a bit of a block changed ... */
    EFFECT_ROTS_UNSEEN, /* rots-unseen: ... and the guard fits it */
    EFFECT_TEARS,       /* tears: a write that a power cut may lose is cut off in its middle */
    /* Of the controller. */
    EFFECT_FATAL,   /* fatal: it fails (CSTS.CFS) */
    EFFECT_REMOVED, /* removed or removed=10ms: its registers read all ones, for ever or so long */
    EFFECT_READ_ONLY, /* read-only: the media takes no writes */
    EFFECT_SPARE,     /* spare=5: so many percent are left */
    EFFECT_THROTTLED, /* throttled=5ms: it is hot, and commands take so much longer */
    EFFECT_MENDED     /* mended: it is in health again */
};

struct config_effect {
    enum config_effect_kind kind;
    uint64_t value; /* N, a number, or nanoseconds */
};

static inline bool config_effect_is_of_controller(enum config_effect_kind kind) {
    return kind >= EFFECT_FATAL;
}

static inline bool config_effect_is_of_medium(enum config_effect_kind kind) {
    return kind >= EFFECT_LOSES && kind < EFFECT_FATAL;
}

/*
 * `value` is NULL where the word has none. Returns whether it is a word of these; `*why` says what is
 * wrong with its value, or is NULL.
 */
bool config_effect_parse(const char *name, const char *value, struct config_effect *effect,
                         const char **why);

#endif
