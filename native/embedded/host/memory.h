/* SPDX-License-Identifier: Apache-2.0 */

/* DMA memory: what is allocated, and where the controller sees it. */
#ifndef EMBEDDED_HOST_MEMORY_H
#define EMBEDDED_HOST_MEMORY_H

#include "config.h"
#include "iova_table.h"
#include "transport.h"

struct memory;

/* NULL where there is no memory. */
struct memory *memory_create(struct iova_table *iova, const struct config *config);
void memory_destroy(struct memory *memory);

/* The contracts of nvme4j.h. */
int memory_alloc(struct memory *memory, uint64_t length, uint64_t alignment, int32_t numa,
                 uint32_t flags, void **address, uint32_t *kind, struct n4j_error *error);
int memory_free(struct memory *memory, void *address);
int memory_register(struct memory *memory, void *address, uint64_t length, uint32_t flags,
                    struct n4j_error *error);
int memory_unregister(struct memory *memory, void *address);
int memory_translate(const struct memory *memory, const void *address, uint64_t length,
                     uint64_t page_size, uint64_t *iovas);

#endif
