/* SPDX-License-Identifier: Apache-2.0 */

/* How a drive is, as its SMART log tells it: what faults change (config_effect.h). For any thread. */
#ifndef EMBEDDED_DEVICE_HEALTH_H
#define EMBEDDED_DEVICE_HEALTH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define HEALTH_SPARE_THRESHOLD 10 /* percent */
#define HEALTH_WARNING_KELVIN 343 /* Identify Controller WCTEMP */
#define HEALTH_CRITICAL_KELVIN 353
#define HEALTH_NORMAL_KELVIN 303
#define HEALTH_HOT_KELVIN 348 /* throttled */

struct health {
    atomic_bool is_read_only;
    atomic_uint spare; /* percent */
    atomic_uint kelvin;
    _Atomic uint64_t throttle_ns; /* that each I/O command takes longer */
};

static inline void health_mend(struct health *health) {
    atomic_store(&health->is_read_only, false);
    atomic_store(&health->spare, 100);
    atomic_store(&health->kelvin, HEALTH_NORMAL_KELVIN);
    atomic_store(&health->throttle_ns, 0);
}

#endif
