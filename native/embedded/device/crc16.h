/* SPDX-License-Identifier: Apache-2.0 */

/* CRC-16 of T10 DIF, the Guard of protection information (NVM, "16b Guard Protection Information"). */
#ifndef EMBEDDED_DEVICE_CRC16_H
#define EMBEDDED_DEVICE_CRC16_H

#include <stddef.h>
#include <stdint.h>

/* Goes on from `crc`, which is 0 at the beginning. */
uint16_t crc16_t10dif(uint16_t crc, const void *data, size_t length);

#endif
