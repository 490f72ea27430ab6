/* SPDX-License-Identifier: Apache-2.0 */

#include "device/overrides.h"

#include <string.h>

#include "device/drive.h"
#include "mix.h"

/* Draws depend on what is told, so that it is the same each time. */
struct draws {
    uint64_t state;
};

static uint64_t draw(struct draws *draws, uint64_t below) {
    draws->state = mix(draws->state);
    return draws->state % below;
}

/* Where fields are that others rely on. */
static size_t place_of_field(const struct telling *telling, struct draws *draws, size_t size) {
    static const uint16_t of_controller[] = {
        4,   24,  64,  73,  76,  77,  78,  80,  92,  96,  100, 111, 256,  258, 259, 260,
        261, 262, 263, 264, 266, 270, 280, 296, 316, 320, 328, 332, 512,  513, 514, 516,
        520, 522, 524, 525, 526, 528, 530, 532, 534, 536, 540, 768, 1792, 2048};
    static const uint16_t of_namespace[] = {0,  8,  16, 24, 25, 26,  27,  28,  29,  30,
                                            33, 34, 36, 40, 42, 44,  46,  64,  66,  68,
                                            70, 72, 74, 76, 80, 104, 120, 128, 130, 131};
    const bool is_namespace = telling->number == NVME_CNS_NAMESPACE;
    if (telling->told != TOLD_IDENTIFY ||
        (!is_namespace && telling->number != NVME_CNS_CONTROLLER) || draw(draws, 4) == 0) {
        return draw(draws, draw(draws, 2) == 0 && size > 64 ? 64 : size);
    }
    return is_namespace
               ? of_namespace[draw(draws, sizeof(of_namespace) / sizeof(of_namespace[0]))]
               : of_controller[draw(draws, sizeof(of_controller) / sizeof(of_controller[0]))];
}

static uint64_t any_value(struct draws *draws) {
    static const uint64_t extremes[] = {0,          1,          2,          UINT64_MAX, INT64_MAX,
                                        0x80,       0x7f,       0x8000,     0x7fff,     0x80000000,
                                        0x7fffffff, 0xffffffff, 0xfffffffe, 63,         64,
                                        31,         32,         12,         9,          255};
    const uint64_t count = sizeof(extremes) / sizeof(extremes[0]);
    const uint64_t drawn = draw(draws, 2 * count);
    return drawn < count ? extremes[drawn] : mix(draws->state + 1);
}

static void change_field(const struct telling *telling, struct draws *draws, uint8_t *data,
                         size_t size) {
    const size_t at = place_of_field(telling, draws, size);
    const size_t width = (size_t)1 << draw(draws, 4);
    const uint64_t value = any_value(draws);
    if (at + width <= size) {
        memcpy(data + at, &value, width);
    }
}

static void fill(struct draws *draws, uint8_t *data, size_t size) {
    static const uint8_t bytes[] = {0, 0xff, 1, 0x80};
    const uint64_t kind = draw(draws, 5);
    for (size_t i = 0; i < size; i++) {
        data[i] = kind < 4 ? bytes[kind] : (uint8_t)draw(draws, 256);
    }
}

/* A list of NSIDs that never ends: it goes on from where it was asked for, begins anew, or stands still. */
static void make_endless(const struct telling *telling, struct draws *draws, void *data,
                         size_t size) {
    const uint64_t kind = draw(draws, 4);
    const uint32_t first = kind == 0 ? telling->nsid + 1 : (uint32_t)draw(draws, 8);
    const uint32_t step = kind == 3 ? 0 : 1;
    for (uint32_t i = 0; i < size / sizeof(uint32_t); i++) {
        const uint32_t nsid = first + i * step;
        memcpy((uint8_t *)data + i * sizeof(nsid), &nsid, sizeof(nsid));
    }
}

static void randomise(uint64_t seed, const struct telling *telling, void *data, size_t size) {
    const uint64_t key =
        (uint64_t)telling->told << 48 | (uint64_t)telling->number << 40 | telling->nsid;
    struct draws draws = {mix(mix(seed) + key)};
    const uint64_t kind = draw(&draws, 16);
    if (kind == 0) {
        fill(&draws, data, size);
    } else if (telling->told == TOLD_IDENTIFY && kind < 6 &&
               telling->number == NVME_CNS_ACTIVE_NAMESPACES) {
        make_endless(telling, &draws, data, size);
    } else if (kind < 10) {
        const uint64_t count = draw(&draws, 5);
        for (uint64_t i = 0; i < count; i++) {
            change_field(telling, &draws, data, size);
        }
    }
}

/* CAP.TO stays so small that one who waits for what never comes is told of it soon. */
static void randomise_cap(uint64_t seed, const struct telling *telling, uint64_t *cap) {
    randomise(seed, telling, cap, sizeof(*cap));
    *cap &= ~((uint64_t)0xfe << NVME_CAP_TO_SHIFT);
}

void overrides_apply(const struct device *device, const struct telling *telling, void *data,
                     size_t size) {
    const struct config *config = &device->drive->config;
    const struct config_overrides *overrides = &config->overrides;
    if (overrides->is_random && telling->told == TOLD_CAP) {
        randomise_cap(config->seed, telling, data);
    } else if (overrides->is_random) {
        randomise(config->seed, telling, data, size);
    }
    for (unsigned i = 0; i < overrides->count; i++) {
        const struct config_override *item = &overrides->items[i];
        if (item->told == telling->told && item->number == telling->number &&
            (size_t)item->offset + item->length <= size) {
            memcpy((uint8_t *)data + item->offset, item->bytes, item->length);
        }
    }
}
