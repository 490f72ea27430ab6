/* SPDX-License-Identifier: Apache-2.0 */
#include "slow_end.h"

#include <unistd.h>

static bool slow;

void slow_end(bool is_slow) {
    slow = is_slow;
}

static void __attribute__((destructor)) end(void) {
    if (slow) {
        usleep(500000);
    }
}
