/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A library whose destructor takes half a second where it is told to: threads that still run by then have
 * the time to meet what the destructors before it have taken away.
 */
#ifndef SLOW_END_H
#define SLOW_END_H

#include <stdbool.h>

__attribute__((visibility("default"))) void slow_end(bool is_slow);

#endif
