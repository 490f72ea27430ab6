/* SPDX-License-Identifier: Apache-2.0 */

/* What the keys of a transport id with trtype:EMBEDDED say. */
#ifndef EMBEDDED_CONFIG_H
#define EMBEDDED_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "config_faults.h"
#include "config_identity.h"
#include "config_overrides.h"
#include "config_power.h"

#define CONFIG_NAMESPACES_MAX 16
#define CONFIG_METADATA_MAX 256
#define CONFIG_DRIVE_MAX 63

enum config_medium { CONFIG_MEMORY, CONFIG_NULL, CONFIG_FILE };
enum config_sgl { CONFIG_SGL_NONE, CONFIG_SGL_DWORD, CONFIG_SGL_BYTE };

struct config {
    enum config_medium medium; /* traddr:memory|null|PATH */
    char path[PATH_MAX];
    char drive[CONFIG_DRIVE_MAX + 1]; /* drive: one that n4j_drive_open has made; empty: none */
    uint64_t size;                    /* size: bytes of each namespace */
    bool size_given;                  /* whether it was, or is the default */
    uint32_t block_size;              /* block:512|4096 */
    bool threaded;                    /* mode:inline|threaded */
    bool scrambled;                   /* iova:identity|scrambled */
    unsigned iova_page_shift;         /* iova_page:4K|2M, of the scrambling */
    uint64_t dma_memory;              /* dma_memory: most bytes to allocate; 0 is no limit */
    uint64_t seed;                    /* seed: of the scrambling, and of what is slow */
    uint8_t mdts;             /* mdts: 0..10, as Identify Controller's MDTS; 0 is no limit */
    enum config_sgl sgl;      /* sgl:none|dword|byte */
    uint32_t namespaces;      /* namespaces: 1..16 */
    uint32_t metadata_size;   /* metadata: bytes of each block's */
    bool metadata_extended;   /* metadata_mode:separate|extended */
    uint8_t protection_type;  /* pi: 0..3 */
    bool protection_first;    /* pi_first: 0|1 */
    uint64_t latency_ns;      /* latency: of I/O commands, 100us */
    uint32_t slow_share;      /* slow: how many take longer, 1%; of 2^32 */
    uint64_t slow_latency_ns; /* slow_latency: how long these take */
    struct config_identity identity;
    struct config_power power;
    struct config_faults faults;       /* faults: what goes wrong */
    struct config_overrides overrides; /* overrides: what is told that isn't so */
};

/* Whether it is kept account of what a power cut may leave of the blocks, which takes time. */
static inline bool config_watches_blocks(const struct config *config) {
    return config->medium != CONFIG_NULL &&
           (config->power.is_given || config_faults_watch_blocks(&config->faults));
}

/* 0, or -EINVAL with a text that names the key and what it takes. */
int config_parse(const char *transport_id, struct config *config, struct n4j_error *error);

#endif
