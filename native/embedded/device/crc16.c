/* SPDX-License-Identifier: Apache-2.0 */

#include "device/crc16.h"

#include <pthread.h>

#define POLYNOMIAL 0x8bb7u
#define SLICES 8

/* tables[n][b]: what a byte b does to the CRC with n more bytes after it. */
static uint16_t tables[SLICES][256];
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned crc = byte << 8;
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ POLYNOMIAL : crc << 1;
        }
        tables[0][byte] = (uint16_t)crc;
    }
    for (unsigned slice = 1; slice < SLICES; slice++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            const uint16_t crc = tables[slice - 1][byte];
            tables[slice][byte] = (uint16_t)(crc << 8 ^ tables[0][crc >> 8]);
        }
    }
}

uint16_t crc16_t10dif(uint16_t crc, const void *data, size_t length) {
    const uint8_t *at = data;
    pthread_once(&made, make_tables);
    for (; length >= SLICES; length -= SLICES, at += SLICES) {
        crc = (uint16_t)(tables[7][at[0] ^ crc >> 8] ^ tables[6][at[1] ^ (crc & 0xff)] ^
                         tables[5][at[2]] ^ tables[4][at[3]] ^ tables[3][at[4]] ^ tables[2][at[5]] ^
                         tables[1][at[6]] ^ tables[0][at[7]]);
    }
    for (; length > 0; length--, at++) {
        crc = (uint16_t)(crc << 8 ^ tables[0][*at ^ crc >> 8]);
    }
    return crc;
}
