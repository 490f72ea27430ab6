/* SPDX-License-Identifier: Apache-2.0 */

/* Numbers that look random, of numbers that don't. */
#ifndef EMBEDDED_MIX_H
#define EMBEDDED_MIX_H

#include <stdint.h>

/* splitmix64's mixing */
static inline uint64_t mix(uint64_t number) {
    number += 0x9e3779b97f4a7c15;
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

#endif
