/* SPDX-License-Identifier: Apache-2.0 */

#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config_duration.h"
#include "nvme_spec.h"
#include "transport_id.h"

#define DEFAULT_SIZE (UINT64_C(1) << 30)
#define DEFAULT_MDTS 8 /* 1 MiB */
#define MDTS_MAX 10
#define LARGE_PAGE_SHIFT 21

static const char *const keys[] = {
    "trtype",  "traddr", "size",       "block",    "mode",          "iova",       "iova_page",
    "mdts",    "sgl",    "namespaces", "metadata", "metadata_mode", "pi",         "pi_first",
    "latency", "slow",   "seed",       "ns",       "slow_latency",  "dma_memory", "serial",
    "subnqn",  "cntlid", "eui64",      "nguid",    "drive",         "faults",     "vwc",
    "awupf",   "nawupf", "nabspf",     "nabo",     "torn",          "overrides",  NULL};

/* The index of the value of `key` among `words` (NULL-terminated), or `otherwise`, or -EINVAL. */
static int parse_word(const char *id, const char *key, const char *const *words,
                      const char *allowed, int otherwise, struct n4j_error *error) {
    char value[64];
    int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found < 0 ? found : otherwise;
    }
    for (int i = 0; words[i] != NULL; i++) {
        if (strcasecmp(value, words[i]) == 0) {
            return i;
        }
    }
    return n4j_trid_bad_value(key, value, allowed, error);
}

/* Leaves `*number` as it is where the key isn't there. */
static int parse_number(const char *id, const char *key, uint64_t min, uint64_t max,
                        uint64_t *number, struct n4j_error *error) {
    char value[64];
    int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    char *end;
    errno = 0;
    unsigned long long parsed = strtoull(value, &end, 10);
    bool digits = value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0;
    if (!digits || parsed < min || parsed > max) {
        char allowed[64];
        snprintf(allowed, sizeof(allowed), "%llu to %llu", (unsigned long long)min,
                 (unsigned long long)max);
        return n4j_trid_bad_value(key, value, allowed, error);
    }
    *number = parsed;
    return 0;
}

static int parse_medium(const char *id, struct config *config, struct n4j_error *error) {
    config->medium = CONFIG_MEMORY;
    int found = n4j_trid_get(id, "traddr", config->path, sizeof(config->path), error);
    if (found <= 0 || strcasecmp(config->path, "memory") == 0) {
        return found < 0 ? found : 0;
    }
    config->medium = strcasecmp(config->path, "null") == 0 ? CONFIG_NULL : CONFIG_FILE;
    return 0;
}

static int parse_drive(const char *id, struct config *config, struct n4j_error *error) {
    int found = n4j_trid_get(id, "drive", config->drive, sizeof(config->drive), error);
    return found < 0 ? found : 0;
}

static int parse_size(const char *id, struct config *config, struct n4j_error *error) {
    char value[64];
    config->size = DEFAULT_SIZE;
    int found = n4j_trid_get(id, "size", value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    config->size_given = true;
    if (n4j_parse_size(value, &config->size) != 0 || config->size == 0 ||
        config->size % config->block_size != 0 || config->size > INT64_MAX) {
        char allowed[96];
        snprintf(allowed, sizeof(allowed),
                 "bytes, or 64M, 1G, ...: a multiple of the block size, %u, and not 0",
                 config->block_size);
        return n4j_trid_bad_value("size", value, allowed, error);
    }
    return 0;
}

static int parse_dma_memory(const char *id, struct config *config, struct n4j_error *error) {
    char value[64];
    int found = n4j_trid_get(id, "dma_memory", value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    if (n4j_parse_size(value, &config->dma_memory) != 0 || config->dma_memory == 0) {
        return n4j_trid_bad_value("dma_memory", value, "bytes, or 64M, 1G, ..., and not 0", error);
    }
    return 0;
}

static int parse_words(const char *id, struct config *config, struct n4j_error *error) {
    static const char *const blocks[] = {"512", "4096", NULL};
    static const char *const modes[] = {"inline", "threaded", NULL};
    static const char *const iovas[] = {"identity", "scrambled", NULL};
    static const char *const iova_pages[] = {"4K", "2M", NULL};
    static const char *const sgls[] = {"none", "dword", "byte", NULL};
    int block = parse_word(id, "block", blocks, "512 or 4096", 0, error);
    if (block < 0) {
        return block;
    }
    int mode = parse_word(id, "mode", modes, "inline or threaded", 0, error);
    if (mode < 0) {
        return mode;
    }
    int iova = parse_word(id, "iova", iovas, "identity or scrambled", 0, error);
    if (iova < 0) {
        return iova;
    }
    int iova_page = parse_word(id, "iova_page", iova_pages, "4K or 2M", 0, error);
    if (iova_page < 0) {
        return iova_page;
    }
    int sgl = parse_word(id, "sgl", sgls, "none, dword or byte", CONFIG_SGL_BYTE, error);
    if (sgl < 0) {
        return sgl;
    }
    config->block_size = block == 0 ? 512 : 4096;
    config->threaded = mode == 1;
    config->scrambled = iova == 1;
    config->iova_page_shift = iova_page == 0 ? NVME_PAGE_SHIFT : LARGE_PAGE_SHIFT;
    config->sgl = (enum config_sgl)sgl;
    return 0;
}

static int parse_numbers(const char *id, struct config *config, struct n4j_error *error) {
    uint64_t mdts = DEFAULT_MDTS;
    int code = parse_number(id, "mdts", 0, MDTS_MAX, &mdts, error);
    if (code < 0) {
        return code;
    }
    uint64_t namespaces = 1;
    code = parse_number(id, "namespaces", 1, CONFIG_NAMESPACES_MAX, &namespaces, error);
    if (code < 0) {
        return code;
    }
    if (namespaces > 1 && config->medium == CONFIG_FILE) {
        return n4j_fail(error, -EINVAL,
                        "namespaces:%llu needs traddr:memory or null: a file holds one",
                        (unsigned long long)namespaces);
    }
    config->mdts = (uint8_t)mdts;
    config->namespaces = (uint32_t)namespaces;
    return parse_number(id, "seed", 0, UINT64_MAX, &config->seed, error);
}

static int parse_metadata(const char *id, struct config *config, struct n4j_error *error) {
    static const char *const modes[] = {"separate", "extended", NULL};
    uint64_t size = 0;
    int code = parse_number(id, "metadata", 0, CONFIG_METADATA_MAX, &size, error);
    if (code < 0) {
        return code;
    }
    if (size % 4 != 0) {
        return n4j_fail(error, -EINVAL, "metadata:%u: a block's metadata is a multiple of 4 bytes",
                        (unsigned)size);
    }
    int mode = parse_word(id, "metadata_mode", modes, "separate or extended", 0, error);
    if (mode < 0) {
        return mode;
    }
    config->metadata_size = (uint32_t)size;
    config->metadata_extended = mode == 1;
    return 0;
}

static int parse_protection(const char *id, struct config *config, struct n4j_error *error) {
    uint64_t type = 0;
    uint64_t first = 0;
    int code = parse_number(id, "pi", 0, 3, &type, error);
    if (code >= 0) {
        code = parse_number(id, "pi_first", 0, 1, &first, error);
    }
    if (code < 0) {
        return code;
    }
    if (type != 0 && config->metadata_size < NVME_PROTECTION_SIZE) {
        return n4j_fail(error, -EINVAL,
                        "pi:%u needs metadata:8 or more: protection information is part of it",
                        (unsigned)type);
    }
    config->protection_type = (uint8_t)type;
    config->protection_first = first == 1;
    return 0;
}

static int parse_duration(const char *id, const char *key, uint64_t *ns, struct n4j_error *error) {
    char value[64];
    int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    return config_duration_parse(value, ns) == 0
               ? 0
               : n4j_trid_bad_value(
                     key, value, "a time up to an hour, such as 500ns, 100us, 10ms or 1s", error);
}

static int parse_share(const char *id, const char *key, uint32_t *share, struct n4j_error *error) {
    char value[64];
    double number = 0;
    const char *unit = "";
    int found = n4j_trid_get(id, key, value, sizeof(value), error);
    if (found <= 0) {
        return found;
    }
    if (config_decimal_parse(value, &number, &unit) != 0 || strcmp(unit, "%") != 0 ||
        number > 100) {
        return n4j_trid_bad_value(key, value, "a share from 0% to 100%, such as 0.1%", error);
    }
    *share = (uint32_t)(number / 100 * UINT32_MAX);
    return 0;
}

static int parse_delays(const char *id, struct config *config, struct n4j_error *error) {
    int code = parse_duration(id, "latency", &config->latency_ns, error);
    if (code >= 0) {
        code = parse_share(id, "slow", &config->slow_share, error);
    }
    if (code >= 0) {
        code = parse_duration(id, "slow_latency", &config->slow_latency_ns, error);
    }
    if (code >= 0 && (config->slow_share != 0) != (config->slow_latency_ns != 0)) {
        return n4j_fail(error, -EINVAL,
                        "slow and slow_latency go together: how many commands, and how long");
    }
    return code;
}

static int check_keys(const char *id, struct n4j_error *error) {
    char text[256];
    struct n4j_error inner = {text, sizeof(text)};
    int code = n4j_trid_check_keys(id, keys, &inner);
    return code == 0
               ? 0
               : n4j_fail(error, code,
                          "%s: trtype:EMBEDDED takes traddr, size, block, mode, iova, iova_page, "
                          "mdts, sgl, namespaces, metadata, metadata_mode, pi, pi_first, latency, "
                          "slow, slow_latency, dma_memory, seed, serial, subnqn, cntlid, eui64, "
                          "nguid, drive, faults, vwc, awupf, nawupf, nabspf, nabo, torn, overrides "
                          "and ns",
                          text);
}

int config_parse(const char *transport_id, struct config *config, struct n4j_error *error) {
    memset(config, 0, sizeof(*config));
    int code = check_keys(transport_id, error);
    if (code == 0) {
        code = parse_medium(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_drive(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_words(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_size(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_dma_memory(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_numbers(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_metadata(transport_id, config, error);
    }
    if (code == 0) {
        code = parse_protection(transport_id, config, error);
    }
    if (code == 0) {
        code = config_identity_parse(transport_id, &config->identity, error);
    }
    if (code == 0) {
        code = config_power_parse(transport_id, &config->power, error);
    }
    if (code == 0) {
        code = config_faults_parse(transport_id, &config->faults, error);
    }
    if (code == 0) {
        code = config_overrides_parse(transport_id, &config->overrides, error);
    }
    return code == 0 ? parse_delays(transport_id, config, error) : code;
}
